"""Who may judge a case: what the claim, the duty list and a project's first page all go by. The case is `c`."""

from __future__ import annotations

from quorate.store import window

TOUCHED = """a.task_id = c.task_id
      AND (a.state NOT IN ('released', 'expired') OR (a.case_id = c.id AND a.state = 'skipped'))"""
"""Whether the lease `a` keeps whoever holds it from judging: they had a hand in the task, or passed on the case."""
UNFIT = f"""
ARRAY(SELECT z.account_id FROM seats z
      WHERE z.project_id = c.project_id AND (SELECT matched FROM projects WHERE id = c.project_id)
        AND z.account_id IN (SELECT m.account_id FROM members m WHERE m.project_id = c.project_id AND m.role = 'expert')
        AND NOT EXISTS (
          WITH seat AS (SELECT {window.SEAT} z.account_id)
          SELECT FROM items i JOIN tasks t ON t.item_id = i.id AND t.id = c.task_id, seat WHERE {window.FITS}))"""
"""The experts who must not be given its item, by the rule of the claim itself."""
STRANDED = f"""
NOT c.held AND c.meant_for IS NULL AND NOT EXISTS (
    SELECT FROM members m
    JOIN accounts p ON p.id = m.account_id AND p.disabled_at IS NULL
    LEFT JOIN seats z ON z.project_id = m.project_id AND z.account_id = m.account_id
    WHERE m.project_id = c.project_id AND m.role = 'expert' AND z.barred IS DISTINCT FROM 'blocked'
      AND NOT EXISTS (SELECT FROM assignments a WHERE {TOUCHED} AND a.account_id = m.account_id)
      AND m.account_id <> ALL({UNFIT}))"""
"""Whether no expert of the project may judge it: it waits until there is another one."""
