"""Seals that the sealing process never makes, with an agency's own key: what a thief, or a careless program, makes."""

from dataclasses import replace
from typing import Any

from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm

from signing.seal import Sealer

LOOSE: dict[str, dict[str, Any]] = {
    "P=1": {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES},
    "P=3": {"certify": True, "docmdp_permissions": MDPPerm.ANNOTATE},
    "approval": {"certify": False, "docmdp_permissions": MDPPerm.FILL_FORMS},
}


class LooseSealer(Sealer):
    """The same seal, but for what it allows to be changed afterwards."""

    how = "P=1"

    def _wanted(self, signer: Any, context: Any) -> signers.PdfSignatureMetadata:
        return replace(super()._wanted(signer, context), **LOOSE[self.how])
