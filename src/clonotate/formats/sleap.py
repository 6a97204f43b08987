"""SLEAP out: labelled frames as .slp through sleap-io, with tracks where there are several individuals."""

from pathlib import Path

import numpy as np

from clonotate.annotation import Poses
from clonotate.formats.deeplabcut import frame_name
from clonotate.formats.work import Work
from clonotate.records import ClonotateError


def write_sleap(path: Path, work: Work) -> None:
    """Keypoints in pixels, an instance an animal; hidden ones are points without a place.

    The video is named, not included; its frames keep their numbers in the data. Provenance goes inside.
    """
    try:
        import sleap_io as sio
    except ImportError:
        raise ClonotateError("writing SLEAP needs an extra: pip install 'clonotate[export]'") from None
    poses, sections = work.of(Poses), work.placing.sections
    skeleton = sio.Skeleton(
        nodes=list(poses.names), edges=[(poses.names[a], poses.names[b]) for a, b in poses.bones]
    )
    names = work.placing.names
    video = sio.Video(filename=list(names) if names else work.name, open_backend=False)
    tracks = [sio.Track(name) for name in poses.individuals]
    points = np.full((poses.frames, len(tracks), len(poses.names), 2), np.nan)
    said = {mark[:2] for mark in poses.marks}
    for t, i, k, spot in poses.marks:
        points[t, i, k] = spot[:2] if spot else np.nan
    frames = []
    for t in range(poses.frames):
        instances = [
            sio.Instance.from_numpy(points[t, i], skeleton=skeleton, track=tracks[i])
            for i in range(len(tracks))
            if (t, i) in said
        ]
        number = int(sections[t]) if sections and not names else t
        frames.append(sio.LabeledFrame(video=video, frame_idx=number, instances=instances))
    kept = {"clonotate": work.provenance, "frame_names": [frame_name(work, t) for t in range(poses.frames)]}
    labels = sio.Labels(frames, videos=[video], skeletons=[skeleton], tracks=tracks, provenance=kept)
    sio.save_slp(labels, str(path), embed=False, verbose=False)
