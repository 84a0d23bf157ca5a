"""The sentences themselves, word for word: what is wrong and the way out, in Thai and in English."""

from typing import Any

import pytest

from forms.errors import Problem, Problems
from forms.form import check, load


def a_problem(form: str, field: str, answers: dict[str, Any]) -> Problem:
    """What is said about one field."""
    with pytest.raises(Problems) as found:
        check(load(form), answers)
    return next(problem for problem in found.value.problems if problem.field == field)


FOOD = "food-sale-large"
PLACE = {"house_no": "1", "postcode": "10110", "subdistrict_code": "103301"}


@pytest.mark.parametrize(
    "form, field, answers, th, en",
    [
        (FOOD, "trade_name", {}, "กรอกชื่อสถานประกอบกิจการ", "Enter the name of the premises"),
        (
            FOOD,
            "trade_name",
            {"trade_name": "ก" * 151},
            "ชื่อสถานประกอบกิจการต้องไม่เกิน 150 ตัวอักษร (ขณะนี้ 151 ตัวอักษร)",
            "The name of the premises must be 150 characters or fewer (now 151)",
        ),
        (
            FOOD,
            "trade_name",
            {"trade_name": "ครัว\u200bคุณย่า"},
            "ชื่อสถานประกอบกิจการมีอักขระที่มองไม่เห็นหรือซ้อนกันผิดปกติ ลบแล้วพิมพ์ใหม่โดยไม่คัดลอกมาวาง",
            "The name of the premises has characters that cannot be seen or are piled up. "
            "Delete it and type it again instead of pasting",
        ),
        (
            FOOD,
            "floor_area_sqm",
            {"floor_area_sqm": 200},
            "พื้นที่ประกอบกิจการต้องมากกว่า 200 ตารางเมตร",
            "The floor area in use must be more than 200 sq m",
        ),
        (
            FOOD,
            "floor_area_sqm",
            {"floor_area_sqm": 100001},
            "พื้นที่ประกอบกิจการต้องไม่เกิน 100,000 ตารางเมตร",
            "The floor area in use must not exceed 100,000 sq m",
        ),
        (
            FOOD,
            "floor_area_sqm",
            {"floor_area_sqm": "กว้างมาก"},
            "พื้นที่ประกอบกิจการต้องเป็นตัวเลข เช่น 250.5",
            "The floor area in use must be a number, such as 250.5",
        ),
        (
            FOOD,
            "floor_area_sqm",
            {"floor_area_sqm": 250.123},
            "พื้นที่ประกอบกิจการมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง",
            "The floor area in use may have at most 2 decimal places",
        ),
        (
            FOOD,
            "kitchen_staff",
            {"kitchen_staff": 0},
            "จำนวนผู้ปฏิบัติงานในครัวต้องไม่น้อยกว่า 1 คน",
            "The number of kitchen staff must be at least 1",
        ),
        (FOOD, "place_right", {}, "เลือกสิทธิใช้สถานที่", "Select the right to use the place"),
        (
            FOOD,
            "place_right",
            {"place_right": "steal"},
            "เลือกสิทธิใช้สถานที่จากรายการที่มีให้",
            "Select the right to use the place from the answers on offer",
        ),
        (FOOD, "waste_handling", {}, "เลือกวิธีกำจัดขยะและเศษอาหาร", "Select how waste is disposed of"),
        (
            FOOD,
            "water_treatment",
            {"water_source": "other", "water_treatment": "ก" * 501},
            "วิธีปรับปรุงคุณภาพน้ำก่อนใช้ต้องไม่เกิน 500 ตัวอักษร (ขณะนี้ 501 ตัวอักษร)",
            "How the water is treated before use must be 500 characters or fewer (now 501)",
        ),
        (FOOD, "opening_days", {}, "เลือกวันที่เปิดทำการอย่างน้อย 1 ข้อ", "Select at least one answer: opening days"),
        (FOOD, "floor_plan", {}, "แนบแผนผังภายในสถานที่", "Attach the floor plan"),
        (
            FOOD,
            "declare_true",
            {},
            "ทำเครื่องหมายในช่องคำรับรองว่าข้อมูลเป็นความจริง",
            "Tick the box: declaration that the information is true",
        ),
        (FOOD, "food_handlers", {}, "เพิ่มผู้สัมผัสอาหารอย่างน้อย 1 รายการ", "Add at least 1 × food handler"),
        (
            FOOD,
            "premises.house_no",
            {"premises": {"postcode": "10110"}},
            "ที่ตั้งสถานประกอบกิจการ: กรอกเลขที่",
            "Address of the premises: Enter the house number",
        ),
        (
            FOOD,
            "premises.postcode",
            {"premises": PLACE | {"postcode": "1011"}},
            "ที่ตั้งสถานประกอบกิจการ: รหัสไปรษณีย์ต้องเป็นตัวเลข 5 หลัก เช่น 10110",
            "Address of the premises: The postcode must be 5 digits, such as 10110",
        ),
        (
            FOOD,
            "food_handlers[0].person.first_name",
            {"food_handlers": [{"person": {"title": "นาย", "first_name": "<b>x</b>", "last_name": "ใจดี"}}]},
            "ชื่อและนามสกุล: ชื่อใช้ได้เฉพาะตัวอักษร เว้นวรรค จุด และขีด ลบตัวเลขหรือเครื่องหมายอื่นออก",
            "Name: The first name may have only letters, spaces, full stops and hyphens. Remove digits and other signs",
        ),
        (
            FOOD,
            "contact_email",
            {"contact_email": "somchai"},
            "กรอกอีเมลให้ถูกต้อง เช่น somchai@example.com",
            "Enter the e-mail as an address, such as somchai@example.com",
        ),
        (
            FOOD,
            "contact_phone",
            {"contact_phone": "1111"},
            "กรอกเบอร์โทรศัพท์ที่ใช้ในประเทศไทยให้ถูกต้อง เช่น 081-234-5678 หรือ 02-123-4567 ต่อ 12",
            "Enter the telephone number as a Thai number, such as 081-234-5678 or 02-123-4567 ext. 12",
        ),
        (
            FOOD,
            "opens_at",
            {"opens_at": "เช้า"},
            "กรอกเวลาเปิดเป็นชั่วโมงและนาที เช่น 08.30",
            "Enter the opening time in hours and minutes, such as 08:30",
        ),
        (
            "food-sale-large-cancellation",
            "closes_on",
            {"closes_on": "2027-02-30"},
            "วันที่เลิกกิจการต้องเป็นวันที่ที่มีอยู่จริง เช่น 20 พฤศจิกายน 2569",
            "The closing date must be a real date, such as 20 November 2026",
        ),
        (
            "food-sale-large-cancellation",
            "closes_on",
            {"closes_on": "2000-01-01"},
            "วันที่เลิกกิจการต้องไม่ก่อนวันที่ 1 มกราคม 2561",
            "The closing date must not be before 1 January 2018",
        ),
        (
            "sme-register",
            "income_satang",
            {"income_satang": 60_000_000_000},
            "รายได้ในปีล่าสุดต้องไม่เกิน 500,000,000 บาท",
            "The income in the latest year must not exceed 500,000,000 baht",
        ),
        (
            "clinic-business",
            "operator_person.thai_id",
            {"operator_person": {"thai_id": "1234567890123"}},
            "ผู้ดำเนินการที่วางไว้: เลขประจำตัวประชาชนต้องเป็นเลข 13 หลักตามบัตรประชาชน ตรวจตัวเลขแล้วกรอกใหม่",
            "Planned operator: The Thai ID number must be the 13 digits on the ID card. "
            "Check the digits and enter it again",
        ),
    ],
)
def test_what_is_said(form: str, field: str, answers: dict[str, Any], th: str, en: str) -> None:
    problem = a_problem(form, field, answers)

    assert (problem.th, problem.en) == (th, en)
