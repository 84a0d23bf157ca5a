"""Seals that the sealing process never makes, with an agency's own key: what a thief, or a careless program, makes."""

import io
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.stamp import NoOpStampStyle

from signing.finishing import SEAL_FIELD
from signing.seal import ARCHIVE_FIELD, BYTES_RESERVED, Sealer

LOOSE: dict[str, dict[str, Any]] = {
    "P=1": {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES},
    "P=3": {"certify": True, "docmdp_permissions": MDPPerm.ANNOTATE},
    "approval": {"certify": False},
}


class LooseSealer(Sealer):
    """The same seal, but for what it allows to be changed afterwards."""

    how = "P=1"

    async def _sign(self, pdf: bytes, signer: Any, context: Any) -> bytes:
        wanted = signers.PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm=signer.digest,
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=True,
            validation_context=context,
            use_pades_lta=True,
            timestamp_field_name=ARCHIVE_FIELD,
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
            **LOOSE[self.how],
        )
        stamper: Any = self._stamper()
        loose = signers.PdfSigner(wanted, signer, timestamper=stamper, stamp_style=NoOpStampStyle())
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        sealed = await loose.async_sign_pdf(writer, existing_fields_only=True, bytes_reserved=BYTES_RESERVED)
        return bytes(sealed.getvalue())
