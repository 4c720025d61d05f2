"""What the tables are declared with: the metadata, its names, and the columns that come in each."""

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Numeric, Uuid

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MONEY = Numeric(18, 6)
TIME = DateTime(timezone=True)
NO_CASE = "00000000-0000-0000-0000-000000000000"


def id_() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def loose(name: str) -> Column[object]:
    """A reference without a foreign key, where rows come by the thousand a second.

    The check costs a look-up and a lock for each row, more than the row itself: half of an import, and it would make
    every submit of a project lock the same rows. The statement that writes the row has just read what it refers to,
    and nothing that is referred to so is ever deleted.
    """
    return Column(name, Uuid, nullable=False)


def ref(target: str, *, name: str | None = None, null: bool = False) -> Column[object]:
    return Column(name or f"{target[:-1]}_id", Uuid, ForeignKey(f"{target}.id"), nullable=null)


def time(name: str = "created_at", *, null: bool = False) -> Column[object]:
    return Column(name, TIME, nullable=null)
