"""The checkpoints of encoders: their names and sources, and which of them are on this machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.audio.encoders.downloads import Progress, RemoteFile, download
from core.audio.encoders.musicnn.fetching import (
    MODELS,
    WHEEL,
    WHEEL_BYTES,
    WHEEL_SHA256,
    fetch,
    weights_file,
)
from core.errors import NearfieldError
from core.kept_arrays import cache_folder
from core.storage import read_json, sha256_file, write_json

BUNDLED = "nearfield-small"
PAPER = "laion-music-audioset"
LAION_630K = "laion-630k-audioset"
LAION_SPEECH = "laion-larger-music-and-speech"
MUSICNN = "musicnn"
CITATION = (
    "Y. Wu, K. Chen, T. Zhang, Y. Hui, T. Berg-Kirkpatrick, S. Dubnov: Large-scale contrastive language-audio "
    "pretraining with feature fusion and keyword-to-caption augmentation. ICASSP 2023."
)
CONVERTED = "converted.safetensors"
_RECORD = "record.json"
_ASSETS = Path(__file__).resolve().parents[3] / "assets"


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that Nearfield knows. `form` is "laion" (a .pt for the laion-clap package), "transformers", or
    "musicnn" (a wheel that pip gets).

    `files[0]` holds the weights; the others hold the tokenizer and the configuration.
    """

    name: str
    title: str
    form: str
    files: tuple[RemoteFile, ...]
    licence: str
    source: str
    citation: str
    about: str

    @property
    def size(self) -> int | None:
        """Bytes to download, as far as known; None if even the size of the weights is unknown."""
        sizes = [file.size or 0 for file in self.files]
        return sum(sizes) if sizes and sizes[0] else None


_LAION = "https://huggingface.co/lukewys/laion_clap/resolve/b3708341862f581175dba5c356a4ebf74a9b6651/"
_ROBERTA = "https://huggingface.co/FacebookAI/roberta-base/resolve/e2da8e2f811d1448a5b465c236feacd80ffbac7b/"
_SPEECH = "https://huggingface.co/laion/larger_clap_music_and_speech/resolve/refs%2Fpr%2F1/"
_TOKENIZER_FILES = (
    RemoteFile(
        "vocab.json", _ROBERTA + "vocab.json", None, "9e7f63c2d15d666b52e21d250d2e513b87c9b713cfa6987a82ed89e5e6e50655"
    ),
    RemoteFile(
        "merges.txt",
        _ROBERTA + "merges.txt",
        456_318,
        "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
    ),
)

KNOWN: dict[str, Checkpoint] = {
    checkpoint.name: checkpoint
    for checkpoint in (
        Checkpoint(
            BUNDLED,
            "Nearfield's small CLAP",
            "transformers",
            (),
            "MIT",
            "assets/clap-small",
            CITATION,
            "Bundled. Trained on synthetic music only; no substitute for LAION's on real music.",
        ),
        Checkpoint(
            PAPER,
            "LAION CLAP, music and AudioSet",
            "laion",
            (
                RemoteFile(
                    "music_audioset_epoch_15_esc_90.14.pt",
                    _LAION + "music_audioset_epoch_15_esc_90.14.pt",
                    2_352_471_003,
                    "fae3e9c087f2909c28a09dc31c8dfcdacbc42ba44c70e972b58c1bd1caf6dedd",
                ),
                *_TOKENIZER_FILES,
            ),
            "CC0-1.0 (tokenizer MIT)",
            "https://huggingface.co/lukewys/laion_clap",
            CITATION,
            "The paper's checkpoint: HTSAT-base, made for music.",
        ),
        Checkpoint(
            LAION_630K,
            "LAION CLAP, 630k and AudioSet",
            "laion",
            (
                RemoteFile(
                    "630k-audioset-best.pt",
                    _LAION + "630k-audioset-best.pt",
                    1_863_587_645,
                    "8053c9775516af2f4902e1e8281e356cc1bf7a85e8b761908170767b77c3f037",
                ),
                *_TOKENIZER_FILES,
            ),
            "CC0-1.0 (tokenizer MIT)",
            "https://huggingface.co/lukewys/laion_clap",
            CITATION,
            "laion-clap's default: HTSAT-tiny, for sounds of all kinds; half the time of HTSAT-base.",
        ),
        Checkpoint(
            LAION_SPEECH,
            "LAION CLAP, music and speech",
            "transformers",
            (
                RemoteFile(
                    "model.safetensors",
                    _SPEECH + "model.safetensors",
                    None,
                    "d4e5cf6317c7521ca62c11b524f5646565310e040129fe35719cad661696d745",
                ),
                RemoteFile("config.json", _SPEECH + "config.json"),
                RemoteFile("preprocessor_config.json", _SPEECH + "preprocessor_config.json"),
                RemoteFile("tokenizer.json", _SPEECH + "tokenizer.json"),
            ),
            "Apache-2.0",
            "https://huggingface.co/laion/larger_clap_music_and_speech",
            CITATION,
            "HTSAT-base in transformers' form; a third of the download, since it holds no training state.",
        ),
        Checkpoint(
            MUSICNN,
            "musicnn",
            "musicnn",
            (RemoteFile(WHEEL, "", WHEEL_BYTES, WHEEL_SHA256),),
            "ISC (the wheel) and CC BY-NC-SA 4.0 (the page of its authors on their models)",
            "the wheel musicnn 0.1.0 from the package index that pip is set to",
            "J. Pons, X. Serra: musicnn: pre-trained convolutional neural networks for music audio tagging. "
            "Late-breaking demo, ISMIR 2019.",
            "Has heard real music: names what it hears in words, and finds similar tracks. 6 MB when converted.",
        ),
    )
}


def known(name: str) -> Checkpoint:
    """The checkpoint called `name`. Raises NearfieldError, which lists the names, if there is none."""
    if name not in KNOWN:
        raise NearfieldError(f"There is no checkpoint {name}. Choose one of {', '.join(KNOWN)}, or give a path.")
    return KNOWN[name]


def checkpoint_folder(checkpoint: Checkpoint) -> Path:
    """The folder for a checkpoint's files, which may not exist yet."""
    if checkpoint.name == BUNDLED:
        return _ASSETS / "clap-small"
    return cache_folder() / "checkpoints" / checkpoint.name


def is_installed(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint can be opened without the network."""
    folder = checkpoint_folder(checkpoint)
    if not checkpoint.files:
        return (folder / "model.safetensors").is_file()
    weights = {"laion": [CONVERTED], "musicnn": list(map(weights_file, MODELS))}.get(
        checkpoint.form, [file.name for file in checkpoint.files[:1]]
    )
    return all((folder / name).is_file() for name in (_RECORD, *weights))


def missing(checkpoint: Checkpoint) -> NearfieldError:
    """The error that says how to get a checkpoint which is not on this machine."""
    size = f" ({checkpoint.size / 1e9:.2f} GB)" if checkpoint.size else ""
    return NearfieldError(
        f"{checkpoint.title} is not on this machine. Run: python -m core checkpoint get {checkpoint.name}{size}"
    )


def get(
    checkpoint: Checkpoint,
    on_progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Download, verify and convert a checkpoint; returns sentences that say how each file was verified.

    A file without a published sha256 is trusted the first time: its sha256 is recorded, reported and required from then
    on. An interrupted download is resumed. Raises what `download` and `convert` raise.
    """
    folder = checkpoint_folder(checkpoint)
    if not checkpoint.files:
        return [f"{checkpoint.title} comes with Nearfield; there is nothing to download."]
    if checkpoint.form == "musicnn":
        if not is_installed(checkpoint) or verify(checkpoint):
            fetch(folder, on_progress, cancelled)
        return [
            f"{WHEEL}: its sha256 is the known one.",
            f"Its models were converted and are in {folder}, with their notices. Licence: {checkpoint.licence}.",
        ]
    record = read_json(folder / _RECORD) if (folder / _RECORD).is_file() else {"files": {}}
    said = []
    finished = 0
    for file in checkpoint.files:
        before = record["files"].get(file.name, {}).get("sha256")
        if not _is_there(folder, file, record["files"]):
            wanted = RemoteFile(file.name, file.url, file.size, file.sha256 or before)
            found = download(wanted, folder, _shifted(on_progress, finished, checkpoint.size), cancelled)
            record["files"][file.name] = {
                "sha256": found,
                "size": (folder / file.name).stat().st_size,
                "trusted": "published sha256" if file.sha256 else "first use",
                "url": file.url,
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }
            write_json(folder / _RECORD, record)
        finished += record["files"][file.name]["size"]
        said.append(_sentence(file, record["files"][file.name]["sha256"]))
    if checkpoint.form == "laion":
        said += _convert(folder, checkpoint.files[0], record)
    return said


def verify(checkpoint: Checkpoint) -> list[str]:
    """Read every file of an installed checkpoint again; returns its faults, none if it is intact."""
    if not is_installed(checkpoint):
        raise NearfieldError(
            f"{checkpoint.name} is not on this machine. Run: python -m core checkpoint get {checkpoint.name}"
        )
    folder = checkpoint_folder(checkpoint)
    if not checkpoint.files:
        return []
    faults = []
    for name, facts in read_json(folder / _RECORD)["files"].items():
        if facts.get("replaced_by"):
            continue
        path = folder / name
        if not path.is_file():
            faults.append(f"{name} is missing.")
        elif sha256_file(path) != facts["sha256"]:
            faults.append(f"{name} has changed since it was downloaded.")
    return faults


def _is_there(folder: Path, file: RemoteFile, recorded: dict[str, Any]) -> bool:
    """Whether a file, or its converted form, is present as recorded and need not be downloaded again."""
    facts = recorded.get(file.name)
    if facts is None or file.sha256 not in (None, facts["sha256"]):
        return False
    return _is_whole(folder, file.name, recorded) or _is_whole(folder, facts.get("replaced_by", ""), recorded)


def _is_whole(folder: Path, name: str, recorded: dict[str, Any]) -> bool:
    facts = recorded.get(name)
    return facts is not None and (folder / name).is_file() and sha256_file(folder / name) == facts["sha256"]


def _convert(folder: Path, weights: RemoteFile, record: dict[str, Any]) -> list[str]:
    """Convert the downloaded .pt to safetensors, then delete it: nothing reads it again."""
    from core.audio.encoders.clap.conversion import convert

    source, target = folder / weights.name, folder / CONVERTED
    facts = record["files"][weights.name]
    if source.is_file():
        convert(source, target, facts["sha256"])
        record["files"][CONVERTED] = {"sha256": sha256_file(target), "size": target.stat().st_size}
        facts["replaced_by"] = CONVERTED
        write_json(folder / _RECORD, record)
        source.unlink()
    return [f"Its weights are kept as {CONVERTED}, which cannot run code."]


def _sentence(file: RemoteFile, found: str) -> str:
    if file.sha256:
        return f"{file.name}: its sha256 is the published one."
    return f"{file.name}: nobody publishes its sha256; {found} was recorded, and must be the same from now on."


def _shifted(on_progress: Progress, finished: int, size: int | None) -> Progress:
    """Progress over all files if the size of the weights is known, otherwise over each file."""
    if size is None:
        return on_progress
    return lambda done, total: on_progress(finished + done, max(size, finished + done))
