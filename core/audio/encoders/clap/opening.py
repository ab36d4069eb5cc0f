"""Opening an encoder by the name of a checkpoint or by a path."""

from pathlib import Path

from core.audio.encoders.checkpoints import (
    CONVERTED,
    KNOWN,
    Checkpoint,
    checkpoint_folder,
    is_installed,
    missing,
)
from core.audio.encoders.clap.encoders import ClapEncoder
from core.errors import NearfieldError
from core.kept_arrays import cache_folder
from core.storage import sha256_file


def open_encoder(name_or_path: str | Path) -> ClapEncoder:
    """Open a known checkpoint by its name, a folder in transformers' form, or one of LAION's .pt files.

    A .pt file is converted to safetensors in the cache folder the first time. Only plain weights are read; a file that
    needs more is rejected. Raises NearfieldError with the remedy if the checkpoint is not on this machine.
    """
    checkpoint = KNOWN.get(str(name_or_path))
    if checkpoint is not None:
        return _open_known(checkpoint)
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        from core.audio.encoders.clap.huggingface import HuggingFaceClap

        return HuggingFaceClap(path)
    if path.is_file():
        return _open_file(path)
    raise NearfieldError(
        f"There is no checkpoint {name_or_path}, neither as a name ({', '.join(KNOWN)}) nor as a file or folder."
    )


def _open_known(checkpoint: Checkpoint) -> ClapEncoder:
    if not is_installed(checkpoint):
        if not checkpoint.files:
            raise NearfieldError("The bundled checkpoint is missing in assets/clap-small. Get Nearfield again.")
        raise missing(checkpoint)
    folder = checkpoint_folder(checkpoint)
    if checkpoint.form == "musicnn":
        raise NearfieldError("musicnn is no CLAP. Choose its sets by --features; --checkpoint is for CLAP.")
    if checkpoint.form == "transformers":
        from core.audio.encoders.clap.huggingface import HuggingFaceClap

        return HuggingFaceClap(folder, checkpoint.name, checkpoint.title)
    from core.audio.encoders.clap.laion import LaionClap

    return LaionClap(folder / CONVERTED, checkpoint.name, checkpoint.title, folder)


def _open_file(path: Path) -> ClapEncoder:
    """Open the user's own .pt file, converted once and stored under its sha256."""
    from core.audio.encoders.clap.conversion import convert, source_hash
    from core.audio.encoders.clap.laion import LaionClap

    found = sha256_file(path)
    target = cache_folder() / "checkpoints" / "own" / found / CONVERTED
    if source_hash(target) != found:
        convert(path, target, found)
    title = next((known.title for known in KNOWN.values() if known.files and known.files[0].sha256 == found), path.name)
    return LaionClap(target, path.name, title, _vocabulary_folder(path.parent))


def _vocabulary_folder(beside: Path) -> Path:
    """The folder with RoBERTa's vocabulary: the one of the user's file, or of a downloaded checkpoint."""
    downloaded = [checkpoint_folder(checkpoint) for checkpoint in KNOWN.values() if checkpoint.form == "laion"]
    return next((folder for folder in [beside, *downloaded] if (folder / "merges.txt").is_file()), beside)
