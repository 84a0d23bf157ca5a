"""What a journey answers when something said to it comes too late, or at the wrong moment."""

from licences.errors import Conflict, NotAllowed


class TooLate(Conflict):
    """The application has moved past the point where this could be done."""


class NothingAsked(Conflict):
    """Nobody waits for this."""


class NotThereYet(NotAllowed):
    """The journey has not come to this task again since its worker ended: nothing is wrong, and nothing is lost."""

    status = 503


def not_there_yet() -> NotThereYet:
    """The records show a task that the run has yet to open again."""
    return NotThereYet(
        "ระบบกำลังกู้คืนขั้นตอนนี้ โปรดกดอีกครั้งในอีกสักครู่ ยังไม่มีสิ่งใดถูกบันทึก",
        "The system is recovering this step: please press again in a moment. Nothing was recorded.",
    )


def too_late_to_withdraw() -> TooLate:
    """The decision is being taken, or taken."""
    return TooLate(
        "ถอนคำขอไม่ได้แล้ว เพราะกำลังออกผลการพิจารณา หากได้รับอนุญาตแล้วและไม่ต้องการ ให้ยื่นขอยกเลิกใบอนุญาต",
        "Too late to withdraw: the decision is being issued. If a licence was granted, apply to cancel it instead.",
    )


def nothing_asked() -> NothingAsked:
    """There is no open request for items."""
    return NothingAsked(
        "ขณะนี้ไม่มีรายการที่เจ้าหน้าที่ขอให้แก้ไข โปรดดูสถานะล่าสุดของคำขอ",
        "Nothing is asked of you now; look at the application's present status.",
    )


def nothing_to_pay() -> NothingAsked:
    """The bill is paid, cancelled or written anew already."""
    return NothingAsked(
        "ใบแจ้งชำระนี้ไม่ได้รอชำระแล้ว โปรดดูสถานะล่าสุดของคำขอ",
        "This bill does not wait for payment any more; look at the application's present status.",
    )


def nothing_to_take_over() -> NothingAsked:
    """No other office is being waited for."""
    return NothingAsked(
        "คำขอนี้ไม่ได้รอคำตอบจากหน่วยงานอื่น จึงไม่มีอะไรให้ดำเนินการแทน",
        "This application does not wait for another office: there is nothing to take over.",
    )


def nothing_to_ask() -> NothingAsked:
    """An act after the grant is agreed to or refused; what is missing is asked for before it is proposed."""
    return NothingAsked(
        "เรื่องนี้เห็นชอบหรือไม่เห็นชอบเท่านั้น หากข้อเท็จจริงไม่พอให้ไม่เห็นชอบพร้อมเหตุผล แล้วเสนอใหม่",
        "Here one agrees or refuses: if facts are missing, refuse with the reason and let it be proposed again.",
    )


def not_to_be_extended() -> TooLate:
    """An authority's days are extended once, before they are over, where the law says so."""
    return TooLate(
        "ขยายระยะเวลาไม่ได้: ขยายได้ครั้งเดียวก่อนครบกำหนด และเฉพาะขั้นที่กฎหมายให้ขยาย",
        "This cannot be extended: once only, before the day is over, and where the law allows it.",
    )


def suspended() -> TooLate:
    """An operator holds the application."""
    return TooLate(
        "คำขอนี้ถูกพักไว้ชั่วคราวเพื่อแก้ไขข้อขัดข้องของระบบ โปรดลองอีกครั้งภายหลัง",
        "This application is held for a while because of a fault of the system; try again later.",
    )


def nothing_to_steer() -> NothingAsked:
    """It is over, or it stands there already."""
    return NothingAsked("คำขอนี้สิ้นสุดแล้ว หรืออยู่ในสภาพนั้นอยู่แล้ว", "The application is over, or it is in that state already.")


def too_late_to_steer() -> TooLate:
    """It is granted or over: what is wrong now is put right by an amendment."""
    return TooLate(
        "คำขอนี้อนุญาตแล้วหรือสิ้นสุดแล้ว จึงเปลี่ยนคำตอบหรือกฎไม่ได้ ให้แก้ไขใบอนุญาตแทน",
        "The application is granted or over: its answers and rules stand. Amend the licence instead.",
    )


def other_stages() -> TooLate:
    """Officers have begun on stages that the newer rules order otherwise."""
    return TooLate(
        "เจ้าหน้าที่เริ่มพิจารณาตามขั้นตอนเดิมแล้ว และกฎใหม่มีขั้นตอนไม่เหมือนเดิม จึงย้ายไม่ได้",
        "Officers have begun on the old stages, and the newer rules order others: it cannot be moved.",
    )


def clock_stands_still() -> TooLate:
    """It is decided when its clock goes on."""
    return TooLate(
        "คำขอนี้หยุดนับเวลาอยู่ ให้เริ่มนับเวลาต่อก่อน แล้วจึงบันทึกผลพิจารณา",
        "The clock of this application stands still: let it go on first, then decide.",
    )


def nothing_to_stop() -> NothingAsked:
    """It is with nobody who could be late, or it is in that state already."""
    return NothingAsked(
        "คำขอนี้ไม่ได้อยู่ที่เจ้าหน้าที่ หรืออยู่ในสภาพนั้นอยู่แล้ว", "It is with no officer just now, or it is in that state already."
    )
