"""Times of an authority outside (RFC 3161): the request for one, and whether an answer holds, both offline.

The library, rfc3161-client, is an extra that nobody needs who asks no authority: `pip install casemate[timestamp]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import ModuleType
from typing import Any

from casemate.model.errors import EnvironmentFault, UserError

MAX_NAME = 80  # characters of an authority's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time that holds. authority: its certificate's common name. root: SHA-256 in hex of the root certificate that it was
    checked under. time: the moment at which the authority had seen the data, to the second."""

    authority: str
    root: str
    time: datetime

    @property
    def who(self) -> str:
        """The authority in a few words."""
        return f"{self.authority} (RFC 3161, root {self.root[:16]})"


def available() -> bool:
    """Whether the library is installed."""
    try:
        _library()
    except EnvironmentFault:
        return False
    return True


def make_request(data: bytes) -> bytes:
    """The request for a time of these bytes, of which the authority sees the SHA-256 alone (RFC 3161 §2.4.1). Always the same: an
    answer is bound to the data, so no nonce is needed. Raises EnvironmentFault."""
    library = _library()
    builder = library.TimestampRequestBuilder().data(data).hash_algorithm(library.HashAlgorithm.SHA256)
    return bytes(builder.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes())


def imprint(answer: bytes) -> str:
    """The digest, in hex, of what an answer is about: not verified. Raises UserError, EnvironmentFault."""
    return bytes(_decode(answer).tst_info.message_imprint.message).hex()


def check(answer: bytes, data: bytes, root: bytes) -> Stamp:
    """The time that an authority gave these bytes, checked under a root certificate (PEM). Raises UserError, EnvironmentFault."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    library = _library()
    try:
        certificate = x509.load_pem_x509_certificate(root)
    except ValueError as error:
        raise UserError(
            "the root is no certificate in PEM", "name the authority's root certificate by --root"
        ) from error
    response = _decode(answer)
    try:
        library.VerifierBuilder().add_root_certificate(certificate).build().verify_message(response, data)
        signer = next(iter(response.signed_data.signer_infos))
        theirs = [x509.load_der_x509_certificate(bytes(one)) for one in response.signed_data.certificates]
        leaf = next(one for one in theirs if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number))
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        time = response.tst_info.gen_time.astimezone(UTC).replace(microsecond=0)
    except (library.VerificationError, ValueError, StopIteration) as error:
        why = "it is not signed under that root" if "PKCS7" in str(error) else " ".join(str(error).split())[:200]
        raise UserError(
            f"the time stamp does not hold: {why}",
            "get it again, and check that --root is the authority's root certificate",
        ) from error
    name = str(names[0].value) if names else leaf.subject.rfc4514_string()
    digest = sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    return Stamp(authority="".join(c for c in name if c.isprintable())[:MAX_NAME], root=digest, time=time)


def _decode(answer: bytes) -> Any:  # of a library that may not be there
    library = _library()
    try:
        response = library.decode_timestamp_response(answer)
        _ = response.tst_info
    except ValueError as error:
        raise UserError(
            "it cannot be read as an answer of a time stamp authority, in strict DER", "name the .tsr file that it sent"
        ) from error
    return response


def _library() -> ModuleType:
    try:
        import rfc3161_client
    except ImportError as error:
        raise EnvironmentFault(
            "time stamps need the library rfc3161-client, which is not installed",
            "run: pip install 'casemate[timestamp]'",
        ) from error
    module: ModuleType = rfc3161_client
    return module
