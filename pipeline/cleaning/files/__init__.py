"""Files opened safely and read as cells (文件): gate, child process, readers."""
