"""Which files are taken, and what of them is left: hostile files of every kind."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from intake.attachments import MOST_BYTES, CheckedFile, Upload, check_upload, check_uploads, clean_name
from intake.encryption import derive_keys, open_content, seal_content
from intake.pictures import LONGEST_SIDE, THUMBNAIL_SIDE
from models.attachment import AttachmentKind
from models.errors import Invalid, Unavailable
from tests import attachment_files as files
from tests.factories import KEYS


def checked(data: bytes, name: str = "照片.jpg", *, office: bool = False) -> CheckedFile:
    return check_upload(Upload(name, data), office=office)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("how", "kind"),
    [("JPEG", AttachmentKind.JPEG), ("PNG", AttachmentKind.PNG), ("WEBP", AttachmentKind.JPEG)],
)
def test_pictures_are_written_anew(how: str, kind: AttachmentKind) -> None:
    file = checked(files.picture(how), "看看.HTML")
    assert (file.kind, file.name) == (kind, f"看看.HTML{kind.suffix}")
    kept = opened(file.content)
    assert (kept.size, (file.width, file.height)) == ((60, 40), (60, 40))
    red, blue = kept.convert("RGB").getpixel((5, 20)), kept.convert("RGB").getpixel((55, 20))
    assert isinstance(red, tuple) and isinstance(blue, tuple)
    assert red[0] > 200 > 60 > red[2] and blue[2] > 200 > 60 > blue[0]


def test_place_camera_comment_and_profile_are_gone() -> None:
    sent = files.with_place()
    before = opened(sent)
    assert before.getexif().get_ifd(files.GPS)[files.GPS_LATITUDE] == (31.0, 13.0, 47.0)
    assert b"Secretphone" in sent and b"SecretProfile" in sent and b"taken at home" in sent
    file = checked(sent)
    for kept in (file.content, file.thumbnail or b""):
        assert not opened(kept).getexif() and not {"icc_profile", "comment", "exif"} & opened(kept).info.keys()
        assert b"Secret" not in kept and b"taken at home" not in kept and b"Exif" not in kept


def test_text_in_a_png_is_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Author", "Secretname")
    said.add_itxt("XML:com.adobe.xmp", "Secretplace")
    sent = files.picture("PNG", pnginfo=said)
    assert b"Secret" in sent
    assert b"Secret" not in checked(sent).content


def test_what_lay_on_its_side_stands_upright() -> None:
    """Orientation 6: the camera was turned; the left of the file is the top of the picture."""
    kept = opened(checked(files.with_place(6)).content).convert("RGB")
    assert kept.size == (40, 60)
    top, bottom = kept.getpixel((20, 5)), kept.getpixel((20, 55))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[0] > 200 and bottom[2] > 200


@pytest.mark.parametrize("how", ["JPEG", "PNG"])
def test_large_pictures_become_smaller(how: str) -> None:
    file = checked(files.picture(how, (5000, 2500)))
    assert (file.width, file.height) == opened(file.content).size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert max(opened(file.thumbnail or b"").size) == THUMBNAIL_SIDE


def test_what_hangs_behind_a_picture_is_gone() -> None:
    """One file that is a picture and a page: only the picture is left."""
    sent = files.picture(comment=b"<script>alert(1)</script>") + b"<html><script>alert(1)</script></html>"
    assert b"<script>" not in checked(sent).content


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + bytes(30),
        b"MZ" + bytes(100),
        files.picture("TIFF"),
        files.picture("BMP"),
        b"\x00\x00\x00\x18ftypheic" + bytes(40),
        files.office(),
        b"  " + files.pdf(),
        # the first bytes are right and nothing else is
        b"\xff\xd8\xff" + bytes(100),
        b"\x89PNG\r\n\x1a\n<script>",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"%PDF-1.7 is what it says",
        # cut short
        files.picture("JPEG", (800, 800))[:-400],
        files.picture("PNG", (800, 800))[:-60],
        files.picture("WEBP", (800, 800))[:-60],
        files.pdf()[:-30],
        files.bomb(),
        files.bomb(9000, 9000),
    ],
    ids=lambda data: repr(data[:8]),  # no further: an archive has its time there, and workers must agree
)
@pytest.mark.parametrize("name", ["a.jpg", "a.pdf"])
def test_refused_whatever_it_is_called(data: bytes, name: str) -> None:
    with pytest.raises(Invalid):
        checked(data, name)


def test_more_pixels_than_memory_should_hold_are_told_by_the_head_of_the_file() -> None:
    with pytest.raises(Invalid, match="像素太多"):
        checked(files.bomb(9000, 9000))


def test_a_picture_called_otherwise_is_a_picture() -> None:
    assert checked(files.picture("PNG"), "run.exe").kind is AttachmentKind.PNG
    assert checked(files.pdf(), "photo.jpg").name == "photo.pdf"


def test_a_plain_pdf_is_kept_as_it_came() -> None:
    for data in (files.pdf(), files.pdf(compressed=b"7 0 << /Title (plain) >>")):
        assert checked(data, "说明.pdf").content == data


HOSTILE_PDFS: dict[str, Callable[[], bytes]] = {
    "script": lambda: files.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
    "script, short": lambda: files.pdf(b"<</S/Rendition/JS(app.alert(1))>>"),
    "escaped": lambda: files.pdf(b"<< /S /J#61vaScript /J#53 (x) >>"),
    "packed": lambda: files.pdf(compressed=b"7 0 << /S /JavaScript /JS (x) >>"),
    "packed, short": lambda: files.pdf(compressed=b"7 0 << /JS (x) >>"),
    "packed and escaped": lambda: files.pdf(compressed=b"7 0 << /S /#4aavaScript >>"),
    "packed far inside": lambda: files.pdf(compressed=b" " * (1024 * 1024 - 9) + b"<< /S /Launch >>"),
    "launch": lambda: files.pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "file inside": lambda: files.pdf(b"<< /Type /EmbeddedFile >>\nstream\nMZ\nendstream"),
    "form that sends": lambda: files.pdf(b"<< /S /SubmitForm >>"),
    "form with scripts": lambda: files.pdf(b"<< /AcroForm << /XFA 9 0 R >> >>"),
    "encrypted": lambda: files.pdf(trailer=b"/Encrypt 9 0 R"),
    "hidden behind a false stream": lambda: files.pdf(b"(stream\n) << /S /JavaScript >>"),
    "object stream of another kind": lambda: files.pdf(
        b"<< /Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n789c\nendstream"
    ),
}


@pytest.mark.parametrize("what", HOSTILE_PDFS)
def test_a_pdf_that_acts_is_refused(what: str) -> None:
    with pytest.raises(Invalid, match=r"不能接收|无法检查"):
        checked(HOSTILE_PDFS[what](), "a.pdf")


def test_a_pdf_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.pdf_scan.MOST_INFLATED", 5_000_000)
    with pytest.raises(Invalid, match="太多"):
        checked(files.pdf(compressed=bytes(6_000_000)), "a.pdf")


def test_names_by_chance_in_a_compressed_picture_do_no_harm() -> None:
    assert checked(files.pdf(b"<< /Length 9 >>\nstream\n\xff/JS \xfe\x01\x02\nendstream"), "a.pdf")


@pytest.mark.parametrize(
    ("main", "kind"), [("word/document.xml", AttachmentKind.DOCX), ("xl/workbook.xml", AttachmentKind.XLSX)]
)
def test_office_files_for_staff_only(main: str, kind: AttachmentKind) -> None:
    assert checked(files.office(main), office=True).kind is kind
    with pytest.raises(Invalid, match="只能上传照片"):
        checked(files.office(main))


LINK = (
    b'<Relationships><Relationship Type="http://x/hyperlink" TargetMode="External" Target="http://x"/></Relationships>'
)


def test_a_link_in_a_document_is_none_of_our_business() -> None:
    assert checked(files.office(word___rels__document_DOT_xml_DOT_rels=LINK), office=True)


@pytest.mark.parametrize(
    "data",
    [
        files.office("other.xml"),
        files.office(word__vbaProject_DOT_bin=b"x"),
        files.office(word__embeddings__a_DOT_bin=b"x"),
        files.office(word___rels__settings_DOT_xml_DOT_rels=LINK.replace(b"hyperlink", b"attachedTemplate")),
        files.office()[:-30],
        files.office(word__media__a_DOT_png=bytes(101 * 1024 * 1024)),
    ],
    ids=["another archive", "macros", "embedded", "template from elsewhere", "cut short", "swells"],
)
def test_office_files_with_more_than_words_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        checked(data, "a.docx", office=True)


def test_limits_of_size_and_number() -> None:
    with pytest.raises(Invalid, match="超过10 MB"):
        checked(files.picture() + bytes(MOST_BYTES))
    good = Upload("a.png", files.picture("PNG"))
    with pytest.raises(Invalid, match="最多上传5个"):
        check_uploads([good] * 6, most=5, office=False)
    with pytest.raises(Invalid, match="加起来"):
        check_uploads([Upload("a", bytes(MOST_BYTES))] * 4, most=5, office=False)
    assert len(check_uploads([good, good], most=5, office=False)) == 1


def test_the_refusal_names_the_file() -> None:
    with pytest.raises(Invalid, match=r"第2个文件“坏\.jpg”") as refused:
        check_uploads([Upload("a.png", files.picture("PNG")), Upload("C:\\x\\坏.jpg", b"no")], most=5, office=False)
    assert "files" in refused.value.fields


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("路灯.jpg", "路灯.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\照片\\路灯.PNG", "路灯.pdf"),
        ("a\u202egpj.exe", "agpj.exe.pdf"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie_ x.pdf"),
        ('"><script>.html', "_script_.html.pdf"),
        ("", "PDF文件.pdf"),
        (" . ", "PDF文件.pdf"),
        ("a.jpg.pdf.png", "a.pdf"),
        ("长" * 300, "长" * 60 + ".pdf"),
        ("a\0b", "ab.pdf"),
        ("\ud800", "PDF文件.pdf"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name, AttachmentKind.PDF) == clean


def test_contents_open_with_the_key_and_the_name_only() -> None:
    sealed = seal_content(b"words", KEYS, name="1/content")
    assert b"words" not in sealed
    assert open_content(sealed, KEYS, name="1/content") == b"words"
    for keys, name, changed in (
        (derive_keys("another"), "1/content", sealed),
        (KEYS, "2/content", sealed),
        (KEYS, "1/content", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (KEYS, "1/content", b""),
    ):
        with pytest.raises(Unavailable):
            open_content(changed, keys, name=name)


def test_sixteen_bits_and_transparency_open_too() -> None:
    to = io.BytesIO()
    Image.new("I;16", (20, 20), 65535).save(to, "PNG")
    assert opened(checked(to.getvalue()).content).convert("RGB").getpixel((3, 3)) == (255, 255, 255)
    to = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(to, "PNG")
    assert opened(checked(to.getvalue()).content).convert("RGB").getpixel((3, 3)) == (255, 255, 255)
