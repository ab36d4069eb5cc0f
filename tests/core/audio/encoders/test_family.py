"""What the members of the family say of themselves."""

from core.audio.encoders.family import encoders


def test_named_numbers_are_as_many_as_a_vector_has() -> None:
    named = {name: (len(encoder.columns()), encoder.width) for name, encoder in encoders().items() if encoder.columns}
    assert named == {"acousticbrainz": (916, 916), "musicnn-tags": (72, 72)}
