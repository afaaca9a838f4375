"""What can go wrong for a user, apart from what is our own fault.

Every class below is shown without a traceback, in Chinese, with the exit code it carries.
Anything else that escapes is a fault of the program and keeps its traceback.
"""

from collections.abc import Iterable


class JunhengError(Exception):
    """A fault that the user can mend; ``exit_code`` is what the command returns."""

    exit_code = 1


class WrongUse(JunhengError):
    """The command, a parameter, a county or a year was asked for wrongly (用法有误)."""

    exit_code = 2


class MachineUnfit(JunhengError):
    """This machine does not allow what the work needs (本机条件不足): no fault of the input."""

    exit_code = 2


class DefinitionFault(JunhengError):
    """A definition file (定义文件) breaks its contract; carries *all* faults of the file."""

    exit_code = 2

    def __init__(self, file: object, faults: Iterable[str]):
        self.faults = list(faults)
        lines = "\n".join(f"  {n}. {fault}" for n, fault in enumerate(self.faults, 1))
        super().__init__(f"定义文件 {file} 有 {len(self.faults)} 处错误：\n{lines}")


class InputRefused(JunhengError):
    """The input (原始数据) was refused; the reasons stand in the findings table."""


class TableRefused(InputRefused, ValueError):
    """A table given to the library (数据表) was refused; carries *all* its faults."""

    _SHOWN = 20

    def __init__(self, faults: Iterable[str]):
        self.faults = list(faults)
        shown = [f"  {n}. {fault}" for n, fault in enumerate(self.faults[:self._SHOWN], 1)]
        more = len(self.faults) - len(shown)
        lines = "\n".join(shown + ([f"  另有{more}处"] if more else []))
        super().__init__(f"数据表有 {len(self.faults)} 处错误：\n{lines}")


class Interrupted(JunhengError):
    """The command was asked to stop (中断) by a signal: 130 after Ctrl-C, 143 after SIGTERM."""

    def __init__(self, signal: int):
        self.exit_code = 128 + signal
        super().__init__("已中断，什么也没有发布；原有的文件未动，可以再运行一次。")


class HandsLost(JunhengError):
    """Whoever makes the dossiers is gone for good (人手失联); what is published stays."""


class DossierFailed(JunhengError):
    """The dossier (卷宗) could not be made though the input was accepted."""
