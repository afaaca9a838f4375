"""The desk (网页窗口): a bureau drops its workbook into a page and gets its cells or its dossier.

It holds no second pipeline. The web process takes files and shows pages; the crew runs the very
commands ``check`` and ``run`` in limited children. Between them stands one database.
"""
