"""Names found as people write and say them."""

import pytest

from api.naming import alike, has_part, plain, same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siân Price", "sian PRICE"),
        ("Parry, Elin", "Elin Parry"),
        ("Ann-Marie O'Brien", "ann marie obrien"),
        ("Łukasz Øst", "Lukasz Ost"),
        ("Llŷr  Gwyn", "Llyr Gwyn"),
    ],
)
def test_accents_case_and_order_make_no_difference(one, other):
    assert same(one, other)
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dafydd Prys", "David Price"),
        ("Steffan Huws", "Stephen Hughes"),
        ("Llywelyn Gruffydd", "Llewellyn Griffiths"),
        ("Catrin Fychan", "Kathryn Vaughan"),
        ("Rhys Owain Lloyd", "Reece Llwyd"),
    ],
)
def test_welsh_and_english_forms_are_alike_but_not_the_same(one, other):
    assert alike(one, other)
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Elin Parry", "Elin Jones"), ("Elin", "Elin Parry"), ("", ""), ("Elin Parry", "")],
)
def test_one_name_in_common_is_not_enough(one, other):
    assert not alike(one, other)


def test_a_part_is_the_beginning_of_a_word_or_a_form_of_it():
    assert has_part("Elin Parry", "par")
    assert has_part("Dafydd Prys", "price")
    assert not has_part("Elin Parry", "arry")
    assert not has_part("Elin Parry", " ")


def test_what_is_compared_holds_no_marks():
    assert plain("  O’Neill—Ŵyn ") == "oneillwyn"
