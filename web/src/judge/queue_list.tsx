// What waits for experts, one line each: why, how long, how much it matters.
import { Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ago, count } from "@/shared/format";
import { Failed } from "@/shared/states";
import classes from "./judge.module.css";
import type { Queued } from "./queue";

const LINES = 60;

interface Waiting {
  rows: readonly Queued[] | undefined;
  error: unknown;
  again: () => void;
  /** The page has no case to be headed by. */
  alone: boolean;
}

export function QueueList({ rows, error, again, alone }: Waiting) {
  const { t } = useTranslation("judge");
  if (error) return <Failed error={error} again={again} />;
  const several = new Set(rows?.map((row) => row.project)).size > 1;
  return (
    <>
      <Title order={alone ? 1 : 2} className={classes.queueTitle}>
        {t("queue.title")} {rows && <span className={classes.quiet}>{count(rows.length)}</span>}
      </Title>
      {rows?.length === 0 && (
        <Text c="dimmed" size="xs">
          {t("queue.empty")}
        </Text>
      )}
      <ol className={classes.list}>
        {rows?.slice(0, LINES).map((row) => (
          <li key={row.id} className={classes.line} data-held={row.held || undefined}>
            <span className={classes.reason}>{t(`why.${row.kind}`, row.reason)}</span>
            <span className={classes.excerpt} dir="auto">
              {row.excerpt || row.item}
            </span>
            <span className={classes.quiet}>
              {several && `${row.project} · `}
              {row.held ? `${t("queue.held")} · ` : ""}
              {row.yours && <strong>{t("queue.yours")} · </strong>}
              {row.expert && !row.yours && `${t("queue.of", { who: row.expert })} · `}
              {row.due_at && t(row.overdue ? "queue.overdue" : "queue.due", { when: ago(row.due_at) })}
              {row.value !== 1 && ` · ${t("queue.weighs", { value: count(row.value, 2) })}`}
            </span>
          </li>
        ))}
      </ol>
      {rows && rows.length > LINES && (
        <Text size="xs" c="dimmed">
          {t("queue.more", { count: rows.length - LINES })}
        </Text>
      )}
    </>
  );
}
