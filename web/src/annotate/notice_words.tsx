// What somebody was told, in the reader's language where the words are the program's own.
import { useTranslation } from "react-i18next";
import type { Shapes } from "@/api/client";
import { count, money, percent } from "@/shared/format";

type Facts = Shapes["Notice"]["facts"];

export function NoticeWords({
  notice,
  project,
}: {
  notice: { kind: string; text: string; facts: Facts };
  project: string;
}) {
  const { t } = useTranslation("annotate");
  if (notice.kind === "rest") return t(`notice.rest.${notice.text as "long"}`);
  const facts = told(notice.facts ?? {});
  return (
    <>
      <b>
        {t(`notice.${facts.noticed ? "noticed" : "told"}.${notice.kind as "held"}`, { project, ...facts })}
      </b>{" "}
      <span dir="auto">{notice.facts ? String(notice.facts.reason ?? "") : notice.text}</span>
    </>
  );
}

/** Facts as they are written: money, shares and counts. */
function told(facts: NonNullable<Facts>): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (name === "amount") written[name] = money(String(value), String(facts.currency));
    else if (typeof value === "number") written[name] = name === "answers" ? count(value) : percent(value, 0);
    else written[name] = String(value);
  }
  return written;
}
