// /work/answers: how one's own answers were received. What was expected where, one's disputes and what came of them.
import { Anchor, Button, Group, Title } from "@mantine/core";
import { infiniteQueryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";
import { ago, count, money, percent } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import classes from "./answers.module.css";
import { Back } from "./back";
import { DisputeView, disputesOfMine } from "./disputes";
import type { Told } from "./feedback";
import { guideOf } from "./guide";
import { Answer } from "./kinds/answer";
import { useLive } from "./live";
import { today } from "./today";
import { Noticed } from "./trust/noticed";
import { Wanted } from "./trust/wanted";
import { Weeks } from "./trust/weeks";

const Dispute = lazy(() => import("./dispute"));

const feedbackOfMine = infiniteQueryOptions({
  queryKey: ["feedback"],
  queryFn: ({ pageParam }) =>
    ask(
      api.GET("/api/v1/work/feedback", { params: { query: { before: pageParam ?? undefined, limit: 20 } } }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.earlier,
});

function readAgain(): void {
  void queries.invalidateQueries({ queryKey: feedbackOfMine.queryKey });
  void queries.invalidateQueries({ queryKey: disputesOfMine.queryKey });
}

export function Answers() {
  const { t } = useTranslation("annotate");
  const [disputing, setDisputing] = useState<Told | null>(null);
  const told = useInfiniteQuery(feedbackOfMine);
  const disputes = useInfiniteQuery(disputesOfMine);
  useLive((topic) => ["feedback", "hello", "reset"].includes(topic) && readAgain(), true);
  if (told.error)
    return (
      <article className={classes.page}>
        <Back />
        <Title order={1}>{t("answers.title")}</Title>
        <Noticed />
        <Failed error={told.error} again={() => void told.refetch()} />
      </article>
    );
  if (!told.data || !disputes.data) return <Loading />;
  const rows = told.data.pages.flatMap((page) => page.feedback);
  const opened = disputes.data.pages.flatMap((page) => page.disputes);
  return (
    <article className={classes.page}>
      <Back />
      <Title order={1}>{t("answers.title")}</Title>
      <Sum />
      <Anchor component={Link} to="/work/earnings">
        {t("earnings.open")}
      </Anchor>
      <Noticed />
      <Wanted embedded />
      <Weeks />
      {opened.length > 0 && (
        <Listed title={t("answers.disputes")} query={disputes}>
          {opened.map((one) => (
            <DisputeView key={one.id} dispute={one} onChange={readAgain} />
          ))}
        </Listed>
      )}
      {rows.length > 0 ? (
        <Listed title={t("answers.told")} query={told}>
          {rows.map((one) => (
            <Row key={`${one.annotation} ${one.told_at}`} told={one} onDispute={() => setDisputing(one)} />
          ))}
        </Listed>
      ) : (
        <Empty title={t("answers.none.title")}>{t("answers.none.why")}</Empty>
      )}
      <Suspense>
        {disputing && <Dispute told={disputing} onDone={readAgain} onClose={() => setDisputing(null)} />}
      </Suspense>
    </article>
  );
}

/** How much, for how much, and how right. */
function Sum() {
  const { t } = useTranslation("annotate");
  const { data } = useQuery(today);
  if (!data) return null;
  const known = data.projects.flatMap(({ project, accuracy }) =>
    accuracy ? [{ project, ...accuracy }] : [],
  );
  return (
    <ul className={classes.sum}>
      <li>{t("answers.count", { today: count(data.answers_today), total: count(data.answers) })}</li>
      {data.earned
        .filter((one) => Number(one.total) > 0)
        .map((one) => (
          <li key={one.currency}>
            {t("answers.earned", {
              today: money(one.today, one.currency),
              total: money(one.total, one.currency),
            })}
          </li>
        ))}
      {known.map((one) => (
        <li key={one.project}>
          {t("answers.accuracy", {
            project: one.project,
            value: percent(one.value),
            low: percent(one.low),
            high: percent(one.high),
            right: count(one.right),
            count: one.answers,
          })}
        </li>
      ))}
    </ul>
  );
}

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

function Listed({ title, query, children }: { title: string; query: Paged; children: ReactNode }) {
  const { t } = useTranslation("annotate");
  return (
    <section aria-label={title}>
      <Title order={2} mt="lg" mb="xs">
        {title}
      </Title>
      <ul className={classes.rows}>{children}</ul>
      {query.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          {t("answers.earlier")}
        </Button>
      )}
    </section>
  );
}

/** One answer and what was expected. */
function Row({ told, onDispute }: { told: Told; onDispute: () => void }) {
  const { t } = useTranslation("annotate");
  const { data: guide } = useQuery(guideOf(told.project));
  const question = guide?.steps.find((step) => step.step === told.step)?.question;
  const answer = (value: unknown) =>
    question ? (
      <Answer question={question} value={value} item={told} />
    ) : (
      <code>{JSON.stringify(value)}</code>
    );
  const state = told.right === null ? "unknown" : told.right ? "right" : "wrong";
  return (
    <li className={classes.row} data-state={state}>
      <q className={classes.excerpt} dir="auto" lang={told.language ?? undefined}>
        {told.excerpt}
      </q>
      <dl className={classes.pairs}>
        <dt>{t("answers.yours")}</dt>
        <dd>{answer(told.value)}</dd>
        <dt>{t(told.known_by === "expert" ? "answers.byExpert" : "answers.byKnown")}</dt>
        <dd>{told.right ? t("answers.same") : answer(told.expected)}</dd>
        {told.why && (
          <>
            <dt>{t("answers.why")}</dt>
            <dd>
              {told.why} {told.clauses.map((clause) => `§${clause}`).join(" ")}
            </dd>
          </>
        )}
      </dl>
      <Group justify="space-between" mt={4}>
        <span className={classes.quiet}>
          {told.project} · {ago(told.answered_at)}
        </span>
        {told.may_dispute && (
          <Button size="compact-sm" variant="default" onClick={onDispute}>
            {t("feedback.disagree")}
          </Button>
        )}
      </Group>
    </li>
  );
}
