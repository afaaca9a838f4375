"""The states (状态) of uploads and jobs, and how the pages call them."""

RECEIVED, CHECKING, TO_MEND, READY = "received", "checking", "to_mend", "ready"
UNCHECKED, DELETED = "unchecked", "deleted"
ABSENT = "absent"  # of a county that has a token and has handed in nothing
WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
CHECK, MAKE = "check", "make"
INTERNAL, PUBLIC = "internal", "public"

UPLOAD_ZH = {RECEIVED: "已接收", CHECKING: "检查中", TO_MEND: "需修改", READY: "可生成",
             UNCHECKED: "未能核查", DELETED: "已删除", ABSENT: "未交"}
JOB_ZH = {WAITING: "排队", RUNNING: "生成中", DONE: "已完成", FAILED: "失败", CANCELLED: "已取消"}
KIND_ZH = {CHECK: "核查", MAKE: "生成卷宗"}
EDITION_ZH = {INTERNAL: "内部版", PUBLIC: "公开版"}
ENDED = (DONE, FAILED, CANCELLED)
