"""Figures: the same table gives the same bytes, and numbers are as people write them."""

from clonotate.studies.figures import blank, write_figure


def drawn():
    figure = blank()
    axes = figure.subplots()
    axes.plot([12, 19], [0.5, 700])
    axes.set(xscale="log", yscale="log")
    return figure


def test_a_logarithmic_axis_has_plain_numbers(tmp_path):
    write_figure(drawn(), tmp_path / "a.png")
    write_figure(drawn(), tmp_path / "b.png")
    told = (tmp_path / "a.svg").read_text()
    assert ">15<" in told
    assert ">300<" in told
    assert "10^" not in told
    assert told == (tmp_path / "b.svg").read_text()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
