"""Tables that refuse, in the database itself, to forget or to change what was said."""

from alembic import op


def teach() -> None:
    """The trigger's function. Part of the first revision."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation', HINT = 'Append a row that supersedes the old one.';
        END $$
        """
    )


def protect(*tables: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE, to owners and superusers too. By statement: it costs inserts nothing."""
    for table in tables:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
