"""Kafka's jars: fetched once into the cache folder, each checked against the committed list."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import msgspec

from contract.errors import SetupError
from contract.settings import Settings
from nhip.words import say

LOCK = Path(__file__).with_name("kafka-jars.lock")


class Jar(msgspec.Struct, frozen=True):
    sha256: str
    group: str
    artifact: str
    version: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def locked() -> tuple[Jar, ...]:
    lines = (line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return tuple(Jar(sha256, *coordinate.split(":")) for sha256, coordinate in lines)


def class_path(settings: Settings) -> str:
    """For `java -cp`. The jars of NHIP_KAFKA_HOME where it is set, else those of the list, fetched if need be."""
    if settings.kafka_home:
        return _given(Path(settings.kafka_home).expanduser())
    folder = ensure(settings)
    return os.pathsep.join(str(folder / jar.name) for jar in locked())


def ensure(settings: Settings) -> Path:
    """The folder with every jar of the list. It appears as a whole or not at all, so its being there is enough."""
    folder = settings.cache_dir / "kafka" / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    if not folder.is_dir():
        started = time.monotonic()
        unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
        unfinished.mkdir(parents=True, exist_ok=True)
        try:
            _fetch_all(unfinished, settings.cache_dir / "jars")
            with _or_already_there(folder):
                unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        seconds = time.monotonic() - started
        print(say("Kafka đã sẵn trong", "Kafka is ready in"), f"{settings.cache_dir} ({seconds:.0f} s)", flush=True)
    return folder


@contextmanager
def _or_already_there(folder: Path) -> Iterator[None]:
    """Another checkout may have been faster; what it made is the same."""
    try:
        yield
    except OSError:
        if not folder.is_dir():
            raise


def _given(home: Path) -> str:
    """A Kafka distribution keeps its jars in libs; a plain folder of jars does too."""
    found = sorted(home.glob("libs/*.jar")) or sorted(home.glob("*.jar"))
    if not found:
        raise SetupError(
            say(f"NHIP_KAFKA_HOME={home}: không có tệp .jar nào", f"NHIP_KAFKA_HOME={home}: no .jar file there")
        )
    return os.pathsep.join(map(str, found))


def _fetch_all(folder: Path, repository: Path) -> None:
    jars = locked()
    terminal = sys.stdout.isatty()
    title = say("Tải Kafka", "Fetching Kafka")
    told = time.monotonic()
    print(f"{title} (44 MB) …", end="\r" if terminal else "\n", flush=True)
    with ThreadPoolExecutor(6) as pool:
        under_way = [pool.submit(_fetch, jar, folder, repository) for jar in jars]
        try:
            for done, future in enumerate(as_completed(under_way), 1):
                future.result()
                if terminal or time.monotonic() - told > 2.0:
                    told = time.monotonic()
                    print(f"{title}: {done}/{len(jars)} jar   ", end="\r" if terminal else "\n", flush=True)
        except Exception as error:
            pool.shutdown(cancel_futures=True)
            raise _cannot_be_had(error) from error
    if terminal:
        print(flush=True)


def _fetch(jar: Jar, folder: Path, repository: Path) -> None:
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    remotes = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    context = MavenContext(repo_cache=repository, local_repos=[], remote_repos=remotes, timeout=30)
    fetched = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    found = hashlib.sha256(fetched.read_bytes()).hexdigest()
    if found != jar.sha256:
        fetched.unlink()
        raise SetupError(f"{jar.name}: sha256 {found[:12]}… ≠ {jar.sha256[:12]}… ({LOCK.name})")
    try:
        (folder / jar.name).hardlink_to(fetched)
    except OSError:
        shutil.copyfile(fetched, folder / jar.name)


def _cannot_be_had(error: Exception) -> SetupError:
    reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
    return SetupError(
        say("Không tải được Kafka", "Kafka's jars cannot be had")
        + f" ({reason}). "
        + say(
            "Đặt NHIP_KAFKA_HOME=/thư/mục/kafka, hoặc NHIP_KAFKA=máy:cổng của một Kafka đang chạy.",
            "Set NHIP_KAFKA_HOME=/folder/of/kafka, or NHIP_KAFKA=host:port of a Kafka that runs already.",
        )
    )
