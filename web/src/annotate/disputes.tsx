// A dispute of one's own: both sides' words, where it stands, and what came of it.
import { Button, Group } from "@mantine/core";
import { infiniteQueryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { ago } from "@/shared/format";
import classes from "./answers.module.css";
import { guideOf } from "./guide";
import { Answer } from "./kinds/answer";

export const disputesOfMine = infiniteQueryOptions({
  queryKey: ["disputes"],
  queryFn: ({ pageParam }) =>
    ask(
      api.GET("/api/v1/work/disputes", { params: { query: { before: pageParam ?? undefined, limit: 20 } } }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export function DisputeView({ dispute, onChange }: { dispute: Shapes["Dispute"]; onChange: () => void }) {
  const { t } = useTranslation("annotate");
  const { data: guide } = useQuery(guideOf(dispute.project));
  const question = guide?.steps.find((step) => step.step === dispute.step)?.question;
  const withdraw = useMutation({
    mutationFn: () =>
      ask(api.DELETE("/api/v1/work/disputes/{dispute}", { params: { path: { dispute: dispute.id } } })),
    onSettled: onChange,
  });
  const answer = (value: unknown) =>
    question ? <Answer question={question} value={value} /> : <code>{JSON.stringify(value)}</code>;
  const state = dispute.outcome ?? dispute.state;
  return (
    <li className={classes.row} data-state={state}>
      <b>{t(`dispute.state.${state}`)}</b>
      <q className={classes.excerpt} dir="auto">
        {dispute.excerpt}
      </q>
      <dl className={classes.pairs}>
        <dt>{t("answers.yours")}</dt>
        <dd>{answer(dispute.value)}</dd>
        <dt>{t("dispute.against")}</dt>
        <dd>{answer(dispute.against)}</dd>
        <dt>{t("dispute.said")}</dt>
        <dd dir="auto">{dispute.reason}</dd>
        {dispute.state === "closed" && (
          <>
            <dt>{t("dispute.now")}</dt>
            <dd>{answer(dispute.decided)}</dd>
          </>
        )}
        {dispute.why && (
          <>
            <dt>{t("dispute.expert")}</dt>
            <dd dir="auto">
              {dispute.why} {dispute.clauses.map((clause) => `§${clause}`).join(" ")}
            </dd>
          </>
        )}
      </dl>
      <Group justify="space-between" mt={4}>
        <span className={classes.quiet}>
          {dispute.project} · {ago(dispute.closed_at ?? dispute.opened_at)}
        </span>
        {dispute.state === "open" && (
          <Button
            size="compact-sm"
            variant="default"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate()}
          >
            {t("dispute.withdraw")}
          </Button>
        )}
      </Group>
      {withdraw.error && <p role="alert">{withdraw.error.message}</p>}
    </li>
  );
}
