"""nlp: language analysis of files, without a database; for analysts and for measuring."""

import typer

from api.commands import analysing, default_classifier, encoders, evaluating, speech, training

app = typer.Typer(help="文本分析：文件进，文件出，不用数据库。", no_args_is_help=True)
for _module in (default_classifier, training, evaluating, encoders, speech, analysing):
    _module.register(app)
