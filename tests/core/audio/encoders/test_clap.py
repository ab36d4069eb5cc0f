"""CLAP encoders: windows, spectrograms, the small model, and LAION's package with a checkpoint made here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import ClapAudioConfig, ClapConfig, ClapFeatureExtractor, ClapModel, ClapTextConfig, RobertaConfig
from transformers.audio_utils import mel_filter_bank

from core.audio.encoders.clap import ClapEncoder, conversion, laion, open_encoder
from core.audio.encoders.clap.conversion import convert
from core.audio.encoders.clap.encoders import embedding_of, normalised
from core.audio.encoders.clap.huggingface import HuggingFaceClap
from core.audio.encoders.clap.laion import LaionClap, build_module, roberta_tokenizer
from core.audio.encoders.clap.mel import MelFrontEnd, MelSettings, mel_features
from core.audio.encoders.clap.network import load_model
from core.audio.encoders.clap.small import encode_captions, new_small_model, save_clap, train_tokenizer
from core.audio.encoders.clap.windows import RATE, WINDOW_SAMPLES, windows
from core.audio.encoders.mel_filters import slaney_filters
from core.audio.encoders.threads import one_thread
from core.errors import AudioError, NearfieldError
from core.storage import sha256_file
from tests.support.server import ROOT

CAPTIONS = [f"{speed} {mood} {sound}" for speed in ("slow", "fast") for mood in ("sad", "glad") for sound in "abc"]


def tone(seconds: float, hertz: float = 440.0, rate: int = RATE) -> np.ndarray:
    moments = np.arange(round(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * hertz * moments) * np.exp(-(moments % 0.5) * 4)).astype(np.float32)


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    tokenizer = train_tokenizer(CAPTIONS, 400)
    save_clap(folder, new_small_model(3, tokenizer.get_vocab_size()), tokenizer, "A card.", {"seed": 3})
    return folder


@pytest.fixture(scope="module")
def small(small_folder: Path) -> ClapEncoder:
    return open_encoder(small_folder)


# Windows


def test_windows_follow_each_other_and_the_last_ends_with_the_clip() -> None:
    samples = np.arange(25 * RATE, dtype=np.float32)
    cut, starts = windows(samples, RATE)
    assert starts.tolist() == [0, 10, 15]
    assert cut.shape == (3, WINDOW_SAMPLES)
    assert cut[1, 0] == 10 * RATE
    assert cut[2, -1] == samples[-1]


@pytest.mark.parametrize(("seconds", "expected"), [(10, [0]), (20, [0, 10]), (30, [0, 10, 20]), (3, [0])])
def test_whole_windows_are_not_repeated(seconds: int, expected: list[float]) -> None:
    assert windows(tone(seconds), RATE)[1].tolist() == expected


def test_a_short_clip_is_repeated_then_padded() -> None:
    samples = tone(3)
    cut, _ = windows(samples, RATE)
    assert np.array_equal(cut[0, : 9 * RATE], np.tile(samples, 3))
    assert not cut[0, 9 * RATE :].any()


def test_other_rates_are_resampled() -> None:
    cut, starts = windows(tone(12, rate=22_050), 22_050)
    assert cut.shape == (2, WINDOW_SAMPLES)
    assert starts.tolist() == [0, 2]


@pytest.mark.parametrize("samples", [np.array([]), np.array([0.1, np.nan]), np.array([np.inf]), np.ones((2, 9))])
def test_what_is_no_sound_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(AudioError):
        windows(samples.astype(np.float32), RATE)


# Spectrograms


def test_spectrograms_equal_those_of_transformers() -> None:
    rng = np.random.default_rng(0)
    sounds = [tone(10), rng.normal(0, 0.1, WINDOW_SAMPLES), np.zeros(WINDOW_SAMPLES), np.sign(tone(10, 90))]
    theirs = ClapFeatureExtractor(truncation="rand_trunc", frequency_min=50, frequency_max=14_000)
    for sound in sounds:
        sound = sound.astype(np.float32)
        expected = theirs(sound, sampling_rate=RATE, return_tensors="np")["input_features"][0]
        found = mel_features(sound[None])[0].numpy()
        assert found.shape == (1, 1001, 64)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5)


def test_settings_survive_a_preprocessor_config() -> None:
    settings = MelSettings(bins=32, hop=960, low=30, high=12_000)
    assert MelSettings.from_preprocessor(settings.feature_extractor().to_dict()) == settings
    assert MelFrontEnd(settings)(tone(10)[None]).shape == (1, 1, 501, 32)


def test_a_front_end_that_crops_at_random_is_refused() -> None:
    with pytest.raises(NearfieldError, match="without feature fusion"):
        MelSettings.from_preprocessor({"truncation": "fusion"})


# The small model


def test_the_tokenizer_reads_any_text_and_keeps_to_the_model() -> None:
    tokenizer = train_tokenizer(CAPTIONS, 400)
    assert [tokenizer.token_to_id(token) for token in ("<s>", "<pad>", "</s>")] == [0, 1, 2]
    assert tokenizer.encode("Slow SAD a").ids == tokenizer.encode("slow sad a").ids
    assert tokenizer.decode(tokenizer.encode("żółć 🎸 \u202e").ids).strip() == "żółć 🎸 \u202e".strip()
    ids, mask = encode_captions(tokenizer, ["a", "slow " * 200])
    assert ids.shape == mask.shape == (2, 64)
    assert ids[0, 3:].eq(1).all()
    assert mask[0].sum() == (ids[0] != 1).sum()


def test_the_same_seed_gives_the_same_model_and_leaves_other_draws_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, second = new_small_model(1, 300), new_small_model(1, 300)
    assert torch.equal(torch.rand(1), expected)
    for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_a_training_step_reaches_both_towers() -> None:
    tokenizer = train_tokenizer(CAPTIONS, 400)
    model = new_small_model(0, tokenizer.get_vocab_size()).train()
    spectrograms = mel_features(np.stack([tone(10, hertz) for hertz in (110, 220, 440, 880)]))
    ids, mask = encode_captions(tokenizer, CAPTIONS[:4])
    loss = model(input_ids=ids, attention_mask=mask, input_features=spectrograms, return_loss=True).loss
    loss.backward()
    asked = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    without = {name for name, weight in asked.items() if weight.grad is None or not weight.grad.any()}
    # Keys have no bias gradient: softmax does not see what all scores share. Tokens have one type only.
    assert not {name for name in without if not name.endswith("key.bias")}
    assert sum(weight.numel() for weight in model.parameters()) < 2_500_000


def test_the_folder_is_small_holds_no_pickle_and_is_readable_by_transformers(small_folder: Path) -> None:
    names = {"model.safetensors", "config.json", "preprocessor_config.json", "tokenizer.json", "card.md"}
    assert {path.name for path in small_folder.iterdir()} == names
    assert (small_folder / "model.safetensors").stat().st_size < 9e6
    model, ours = ClapModel.from_pretrained(small_folder).eval(), HuggingFaceClap(small_folder)
    ids, mask = encode_captions(train_tokenizer(CAPTIONS, 400), CAPTIONS[:1])
    with one_thread(), torch.inference_mode():
        heard = model.get_audio_features(input_features=mel_features(tone(10)[None])).pooler_output
        read = model.get_text_features(input_ids=ids, attention_mask=mask).pooler_output
    np.testing.assert_allclose(ours.embed_audio(tone(10), RATE).windows, normalised(heard.numpy()), atol=1e-6)
    np.testing.assert_allclose(ours.embed_text(CAPTIONS[:1]), normalised(read.numpy()), atol=1e-6)


def test_towers_of_other_shapes_compute_what_those_of_transformers_do(tmp_path: Path) -> None:
    torch.manual_seed(4)
    shape = {"spec_size": 256, "patch_embeds_hidden_size": 16, "hidden_size": 64, "depths": [2, 1, 2]}
    audio = ClapAudioConfig(**shape, num_attention_heads=[2, 4, 4], qkv_bias=False, mlp_ratio=3.0)
    text = ClapTextConfig(vocab_size=50, hidden_size=32, num_hidden_layers=1, num_attention_heads=4)
    config = ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=24)
    theirs = ClapModel(config).eval()
    with torch.no_grad():
        for name, weight in theirs.named_parameters():
            weight.normal_(1 if name.endswith("norm.weight") else 0, 0.2)
    theirs.save_pretrained(tmp_path)
    ours, tokens = load_model(tmp_path), torch.tensor([[0, 7, 1, 9, 2]])
    with one_thread(), torch.inference_mode():
        heard = torch.randn(2, 1, 1001, 64)
        expected = theirs.get_audio_features(input_features=heard).pooler_output
        torch.testing.assert_close(ours.of_audio(heard), expected, atol=1e-6, rtol=0)
        expected = theirs.get_text_features(input_ids=tokens).pooler_output
        torch.testing.assert_close(ours.of_text(tokens), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("shape", [(513, 64, 50.0, 14_000.0, 48_000), (257, 96, 0.0, 8_000.0, 16_000)])
def test_mel_filters_equal_those_of_transformers(shape: tuple[int, int, float, float, int]) -> None:
    assert np.array_equal(slaney_filters(*shape), mel_filter_bank(*shape, norm="slaney", mel_scale="slaney"))


def test_opening_takes_neither_transformers_nor_a_compiler() -> None:
    """Each of them takes seconds to import, which the first clip would wait for."""
    opening = "from core.audio.encoders.clap import open_encoder; open_encoder('nearfield-small')"
    asking = f"import sys; {opening}; print({{'transformers', 'torch._dynamo', 'scipy'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_an_encoder_says_what_it_is(small: ClapEncoder, small_folder: Path) -> None:
    assert small.width == 128
    assert small.has_text
    assert small.checkpoint_hash == sha256_file(small_folder / "model.safetensors")


def test_embeddings_have_length_one(small: ClapEncoder) -> None:
    found = small.embed_audio(tone(25), RATE)
    assert found.windows.shape == (3, 128)
    assert found.starts.tolist() == [0, 10, 15]
    for rows in (found.windows, found.mean[None], small.embed_text(["slow a", "fast"])):
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    mean = found.windows.mean(axis=0)
    np.testing.assert_allclose(found.mean, mean / np.linalg.norm(mean), atol=1e-6)


def test_the_same_sound_gives_the_same_bits_whatever_came_before(small: ClapEncoder, small_folder: Path) -> None:
    rng = np.random.default_rng(1)
    clip, text = tone(23), ["slow sad b"]
    first, words = small.embed_audio(clip, RATE), small.embed_text(text)
    before = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        small.embed_audio(rng.normal(0, 0.2, 47 * RATE).astype(np.float32), RATE)
        small.embed_text(["x " * 60, "fast", *text])
        again = small.embed_audio(clip, RATE)
        assert np.array_equal(again.windows, first.windows)
        assert np.array_equal(again.mean, first.mean)
        assert np.array_equal(small.embed_text(["fast", *text, "x"])[1:2], words)
        assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
    assert np.array_equal(small.embed_audio(clip[: 10 * RATE], RATE).windows[0], first.windows[0])
    assert np.array_equal(HuggingFaceClap(small_folder).embed_audio(clip, RATE).mean, first.mean)


def test_no_words_and_empty_words(small: ClapEncoder) -> None:
    assert small.embed_text([]).shape == (0, 128)
    with pytest.raises(NearfieldError, match="Type a few words"):
        small.embed_text(["piano", "  "])


def test_a_vector_without_direction_is_refused() -> None:
    with pytest.raises(NearfieldError, match="damaged"):
        embedding_of(np.array([[1, 0], [np.nan, 1]], np.float32), np.zeros(2, np.float32))


def copy_of(folder: Path, dest: Path) -> Path:
    dest.mkdir()
    for path in folder.iterdir():
        (dest / path.name).write_bytes(path.read_bytes())
    return dest


def test_without_a_tokenizer_there_are_no_words(small_folder: Path, tmp_path: Path) -> None:
    folder = copy_of(small_folder, tmp_path / "copy")
    (folder / "tokenizer.json").unlink()
    encoder = HuggingFaceClap(folder)
    assert not encoder.has_text
    with pytest.raises(NearfieldError, match=r"no tokenizer\.json"):
        encoder.embed_text(["piano"])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"), "convert them"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\x80\x04."), "cannot be read"),
        (lambda folder: os.truncate(folder / "model.safetensors", 1_000_000), "cannot be read"),
        (lambda folder: (folder / "config.json").write_text("{"), "not valid JSON"),
        (lambda folder: (folder / "config.json").write_text('{"model_type": "clip"}'), "no CLAP model"),
        (lambda folder: edit(folder, lambda config: config["audio_config"].update(enable_fusion=True)), "fusion"),
        (lambda folder: edit(folder, lambda config: config["text_config"].update(vocab_size=9_999)), "another shape"),
        (lambda folder: edit(folder, lambda config: config["text_config"].update(num_hidden_layers=3)), "are missing"),
        (lambda folder: edit(folder, lambda config: config["audio_config"].update(depths="deep")), "describes no CLAP"),
        (
            lambda folder: edit(folder, lambda config: config["text_config"].update(hidden_act="relu")),
            "describes no CLAP",
        ),
    ],
)
def test_a_faulty_folder_is_refused_plainly(damage, message: str, small_folder: Path, tmp_path: Path) -> None:
    folder = copy_of(small_folder, tmp_path / "copy")
    damage(folder)
    with pytest.raises(NearfieldError, match=message):
        HuggingFaceClap(folder)


def edit(folder: Path, change) -> None:
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(NearfieldError, match="There is no checkpoint nowhere"):
        open_encoder("nowhere")


# LAION's package


class Evil:
    """Unpickling this would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


@pytest.fixture(scope="module")
def small_roberta() -> pytest.MonkeyPatch:
    """LAION's real code with a text tower of one layer and 1,000 words, which keeps the test's checkpoint small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laion, "RobertaConfig", lambda **shape: RobertaConfig(**shape, num_hidden_layers=1))
        patch.setattr(laion, "VOCABULARY", 1_000)
        yield patch


def write_official(path: Path, amodel: str, **more: object) -> None:
    """A checkpoint with random weights in the layout of LAION's files."""
    module = build_module(amodel)
    torch.manual_seed(0)
    with torch.no_grad():
        for name, weight in module.model.named_parameters():
            if "extractor" not in name:
                weight.normal_(1 if "norm" in name and name.endswith("weight") else 0, 0.02)
    state = {f"module.{name}": tensor for name, tensor in module.model.state_dict().items()}
    state["module.text_branch.embeddings.position_ids"] = torch.arange(514)[None]
    numbers = {"lr": np.float64(1e-4), "best": np.float32(0.9), "epoch": 15, "name": "a run"}
    torch.save(numbers | {"state_dict": state} | more, path)


@pytest.fixture(scope="module")
def official(small_roberta: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("laion") / "official.pt"
    write_official(path, "HTSAT-tiny")
    letters = sorted(train_tokenizer([], 261).get_vocab().items(), key=lambda item: item[1])
    vocabulary = {token: number for token, number in letters if number < 261}
    vocabulary |= {f"filler{number}": number for number in range(len(vocabulary), 1_000)}
    (path.parent / "vocab.json").write_text(json.dumps(vocabulary))
    (path.parent / "merges.txt").write_text("#version: 0.2\n")
    return path


@pytest.fixture(scope="module")
def theirs(official: Path, tmp_path_factory: pytest.TempPathFactory) -> LaionClap:
    converted = tmp_path_factory.mktemp("converted") / "converted.safetensors"
    convert(official, converted, sha256_file(official))
    return LaionClap(converted, "test", "A test", official.parent)


def test_the_converted_checkpoint_embeds_as_the_package_does(theirs: LaionClap, official: Path) -> None:
    module = build_module("HTSAT-tiny")
    module.load_ckpt(str(official), verbose=False)
    expected = module.get_audio_embedding_from_data([tone(10)])
    found = theirs.embed_audio(tone(10), RATE)
    assert found.windows.shape == (1, 512)
    np.testing.assert_allclose(found.windows, expected, atol=1e-6)
    assert theirs.width == 512
    assert theirs.checkpoint_hash == sha256_file(official)


def test_laion_gives_the_same_bits_whatever_came_before(theirs: LaionClap) -> None:
    clip = tone(14)
    first = theirs.embed_audio(clip, RATE)
    assert first.starts.tolist() == [0, 4]
    theirs.embed_audio(tone(11, 200), RATE)
    words = theirs.embed_text(["sad piano"])
    assert np.array_equal(theirs.embed_audio(clip, RATE).windows, first.windows)
    assert np.array_equal(theirs.embed_text(["other", "sad piano"])[1:], words)
    assert words.shape == (1, 512)


def test_importing_the_package_leaves_nothing_behind(theirs: LaionClap) -> None:
    import transformers

    assert not any(name.partition(".")[0] == "torchvision" for name in sys.modules)
    assert not any(path.endswith("laion_clap") for path in sys.path)
    assert "from_pretrained" not in vars(transformers.RobertaModel)


def test_words_need_the_real_vocabulary(theirs: LaionClap, official: Path, tmp_path: Path) -> None:
    assert roberta_tokenizer(tmp_path) is None
    vocabulary = json.loads((official.parent / "vocab.json").read_text())
    (tmp_path / "vocab.json").write_text(json.dumps(dict(list(vocabulary.items())[:-1])))
    (tmp_path / "merges.txt").write_text("#version: 0.2\n")
    with pytest.raises(NearfieldError, match="not the vocabulary of roberta-base"):
        roberta_tokenizer(tmp_path)


def test_without_words_the_text_tower_is_dropped(official: Path, tmp_path: Path) -> None:
    convert(official, tmp_path / "one.safetensors", sha256_file(official))
    encoder = LaionClap(tmp_path / "one.safetensors", "test", "A test")
    assert not encoder.has_text
    with pytest.raises(NearfieldError, match="checkpoint get test"):
        encoder.embed_text(["piano"])


def test_a_path_of_the_users_own_is_converted_once(
    official: Path, theirs: LaionClap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    first = open_encoder(official)
    assert first.has_text
    converted = list(tmp_path.rglob("*.safetensors"))
    assert len(converted) == 1
    monkeypatch.setattr(conversion, "convert", lambda *_: pytest.fail("converted twice"))
    again = open_encoder(official)
    expected = theirs.embed_audio(tone(10), RATE).mean
    assert np.array_equal(again.embed_audio(tone(10), RATE).mean, expected)


def patches(width: int = 96) -> dict[str, torch.Tensor]:
    return {"module.audio_branch.patch_embed.proj.weight": torch.zeros(width, 1, 4, 4)}


def test_code_in_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    for new in (True, False):
        path = tmp_path / "evil.pt"
        torch.save({"state_dict": patches(), "more": Evil(victim)}, path, _use_new_zipfile_serialization=new)
        with pytest.raises(NearfieldError, match="could run code" if new else "safe to open"):
            convert(path, tmp_path / "out.safetensors", sha256_file(path))
    assert not victim.exists()
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"state_dict": {"other": torch.zeros(3)}}, "no CLAP checkpoint"),
        ({"state_dict": patches(100)}, "no CLAP checkpoint"),
        ({"state_dict": patches() | {"audio_branch.patch_embed.mel_conv2d.weight": torch.zeros(1)}}, "fusion"),
        ({"state_dict": {}}, "no weights"),
        ([1, 2], "no weights"),
    ],
)
def test_other_files_are_refused(content: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    torch.save(content, path)
    with pytest.raises(NearfieldError, match=message):
        convert(path, tmp_path / "out.safetensors", sha256_file(path))


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04" + b"\0" * 99, b"\x80\x02}q\0."])
def test_damaged_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "damaged.pt"
    path.write_bytes(content)
    with pytest.raises(NearfieldError):
        convert(path, tmp_path / "out.safetensors", sha256_file(path))


def test_a_file_that_changed_since_it_was_checked_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "changed.pt"
    torch.save({"state_dict": patches()}, path)
    with pytest.raises(NearfieldError, match="not the file that was checked"):
        convert(path, tmp_path / "out.safetensors", "0" * 64)


def test_weights_that_do_not_fit_are_refused(official: Path, small_roberta, tmp_path: Path) -> None:
    path = tmp_path / "part.safetensors"
    convert(official, path, sha256_file(official))
    state = load_file(path)
    state.pop("audio_projection.0.weight")
    save_file(state, tmp_path / "less.safetensors")
    with pytest.raises(NearfieldError, match="no checkpoint of LAION's"):
        LaionClap(tmp_path / "less.safetensors", "test", "A test")


@pytest.mark.slow
def test_the_paper_model_at_full_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laion, "RobertaConfig", RobertaConfig)
    monkeypatch.setattr(laion, "VOCABULARY", 50_265)
    path = tmp_path / "music_audioset_epoch_15_esc_90.14.pt"
    write_official(path, "HTSAT-base")
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    found = open_encoder(path).embed_audio(tone(30), RATE)
    assert found.windows.shape == (3, 512)
    assert len(np.unique(found.windows)) > 100
