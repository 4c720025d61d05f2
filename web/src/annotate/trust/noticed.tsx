// What was noticed about one's own work, in kind words, with a reply; and the lessons that were made for one.
import { Button, Text, Title } from "@mantine/core";
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { queries } from "@/api/queries";
import { says } from "@/findings/says";
import { ago, money } from "@/shared/format";
import { Saying } from "../saying";
import { say, type Words } from "../task";
import classes from "./trust.module.css";

type Finding = Shapes["OwnFinding"];

const PAGE = 20;
const noticed = (of: "work" | "answers") =>
  infiniteQueryOptions({
    queryKey: ["noticed", of],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: before }) =>
      ask(api.GET("/api/v1/work/findings", { params: { query: { of, before, limit: PAGE } } })),
    getNextPageParam: (page) => (page.length === PAGE ? page.at(-1)?.id : undefined),
  });
const diagnoses = queryOptions({
  queryKey: ["noticed", "diagnoses"],
  queryFn: () => ask(api.GET("/api/v1/work/diagnoses")),
});
const lessons = queryOptions({
  queryKey: ["noticed", "lessons"],
  queryFn: () => ask(api.GET("/api/v1/work/lessons")),
});

const KINDS = [
  "speed",
  "pasted",
  "machine_text",
  "collusion",
  "same_answers",
  "duplicates",
  "sudden_change",
  "slips",
  "fatigue",
  "skill_gap",
] as const;

/** What the kind of a finding means for who reads it; of the others a general word. */
function about(kind: string): (typeof KINDS)[number] | "other" {
  return KINDS.find((one) => one === kind) ?? "other";
}

/** What is said of one answer after the other is one entry. */
function together(found: Finding[]): [Finding, ...Finding[]][] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const one of found) {
    const key = one.item === null ? one.id : `${one.project} ${one.kind} ${one.state}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

export function Noticed() {
  const { t, i18n } = useTranslation("annotate");
  const work = useInfiniteQuery({ ...noticed("work"), refetchOnMount: "always" });
  const flags = useInfiniteQuery({ ...noticed("answers"), refetchOnMount: "always" });
  // first what something follows from, which flags on single answers would bury
  const found = [work, flags].flatMap((one) => one.data?.pages.flat() ?? []);
  const earlier = [work, flags].find((one) => one.hasNextPage);
  const helping = useQuery({ ...diagnoses, refetchOnMount: "always" }).data ?? [];
  const made = useQuery({ ...lessons, refetchOnMount: "always" }).data ?? [];
  const breaks = helping.filter((one) => one.remedy === "break");
  if (found.length + breaks.length + made.length === 0) return null;
  return (
    <section aria-labelledby="noticed">
      <Title order={2} id="noticed" mt="lg" mb="xs">
        {t("noticed.title")}
      </Title>
      <Text c="dimmed" mb="xs">
        {t("noticed.text")}
      </Text>
      <ul className={classes.rows}>
        {breaks.map((one) => (
          <li key={`${one.project} ${one.step}`} className={classes.week}>
            <b>{t("noticed.break")}</b>
            <div>{t("noticed.breakText")}</div>
            <span className={classes.quiet}>
              {one.project} · {one.step}
            </span>
          </li>
        ))}
        {made.map((one) => (
          <li key={one.id} className={classes.row}>
            <span>
              <b>{say(one.title as Words, i18n.language)}</b>{" "}
              <span className={classes.quiet}>
                {one.project} · {t(one.done_at ? "noticed.lessonDone" : "noticed.lesson")}
              </span>
            </span>
            <Button
              component={Link}
              to={`/work/training/${encodeURIComponent(one.project)}/${one.id}`}
              variant={one.done_at ? "default" : "filled"}
              size="compact-md"
              aria-label={`${t("trust.wanted.do")}: ${say(one.title as Words, i18n.language)}`}
            >
              {t("trust.wanted.do")}
            </Button>
          </li>
        ))}
        {together(found).map(([one, ...more]) => (
          <li key={one.id} className={classes.week}>
            <One finding={one} />
            {more.length > 0 && (
              <details>
                <summary>{t("noticed.more", { count: more.length })}</summary>
                {more.map((each) => (
                  <One key={each.id} finding={each} />
                ))}
              </details>
            )}
          </li>
        ))}
      </ul>
      {earlier && (
        <Button
          variant="default"
          mt="sm"
          loading={earlier.isFetchingNextPage}
          onClick={() => void earlier.fetchNextPage()}
        >
          {t("noticed.earlier")}
        </Button>
      )}
    </section>
  );
}

function One({ finding }: { finding: Finding }) {
  const { t, i18n } = useTranslation("annotate");
  const { t: f } = useTranslation("findings");
  const [writing, setWriting] = useState(false);
  const open = finding.state === "open" || finding.state === "answered";
  const standing = finding.consequences.filter((one) => !one.undone);
  return (
    <>
      <b>{t(`noticed.kind.${about(finding.kind)}`)}</b>
      <div>
        {says(finding.kind, finding.message, finding.facts, f, i18n.language).replace(/`([^`]*)`/g, "“$1”")}
      </div>
      {standing.length > 0 && (
        <div>
          {standing
            .map((one) => {
              const { amount, currency } = one.detail as { amount?: string; currency?: string };
              return t(`noticed.followed.${one.kind}`, {
                amount: amount && money(amount, currency ?? "USD"),
              });
            })
            .join(" ")}
        </div>
      )}
      <ul>
        {finding.replies.map((reply) => (
          <li key={reply.at}>
            <b>{t(`noticed.reply.${reply.kind}`)}</b> {reply.text}
          </li>
        ))}
      </ul>
      <span className={classes.quiet}>
        {finding.project} · {ago(finding.at)} · {t(`noticed.state.${finding.state}`)}
      </span>
      {open && !writing && (
        <div>
          <Button size="compact-sm" variant="default" onClick={() => setWriting(true)}>
            {t("noticed.answer")}
          </Button>
        </div>
      )}
      {open && writing && <Reply id={finding.id} onDone={() => setWriting(false)} />}
    </>
  );
}

function Reply({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation("annotate");
  return (
    <Saying
      label={t("noticed.yours")}
      description={t("noticed.yoursText")}
      most={4000}
      onSend={(text) =>
        ask(
          api.POST("/api/v1/work/findings/{finding}/answer", {
            params: { path: { finding: id } },
            body: { text },
          }),
        )
      }
      onDone={() => {
        void queries.invalidateQueries({ queryKey: ["noticed"] });
        onDone();
      }}
      onCancel={onDone}
    />
  );
}
