"""Rows that people write, put over whatever is there."""

from chalicelib.practice.domain.practices import Client, Person, Practice
from chalicelib.practice.ports import People, Practices


def put_practice(practices: Practices, practice: Practice) -> None:
    practices.save_practice(practice, before=practices.practice(practice.id))


def put_client(people: People, practice: str, client: Client) -> None:
    people.save_client(practice, client, before=people.client(practice, client.id))


def put_person(people: People, practice: str, person: Person) -> None:
    people.save_person(practice, person, before=people.person(practice, person.id))
