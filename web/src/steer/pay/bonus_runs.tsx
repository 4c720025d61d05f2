// The bonuses that were given, run by run. A run can be taken back once, with a reason, after it was seen from whom how much.
import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";
import { Dialog } from "@/shared/dialog";
import { count, exact, moment } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import steer from "../steer.module.css";
import { type BonusRun, bonusRunsIn, type Pay, takenBackBy } from "./reads";
import { Reason } from "./reason";

export function BonusRuns({ project, book }: { project: string; book: Pay }) {
  const { t } = useTranslation("steer");
  const [asked, setAsked] = useState<BonusRun | null>(null);
  const { data: runs, error, refetch } = useQuery(bonusRunsIn(project));
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!runs?.length) return null;
  const given = (run: BonusRun) => ({
    at: moment(run.at),
    amount: exact(run.amount, book.currency),
    count: run.people,
    shown: count(run.people),
  });
  return (
    <>
      <ul className={steer.needs} aria-label={t("pay.bonusRuns")}>
        {runs.map((run) => (
          <li key={run.run} className={steer.need}>
            <span>
              {t("pay.bonusRun", given(run))}
              {Number(run.taken_back) > 0 && (
                <span className={steer.quiet}>
                  {" "}
                  {t("pay.runTakenBack", { amount: exact(run.taken_back, book.currency) })}
                </span>
              )}
            </span>
            {Number(run.taken_back) === 0 && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t("pay.takeBackRun", given(run))}
                onClick={() => setAsked(run)}
              >
                {t("pay.reverse")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && (
        <TakeBack
          project={project}
          book={book}
          run={asked}
          title={t("pay.takeBackRun", given(asked))}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

interface Props {
  project: string;
  book: Pay;
  run: BonusRun;
  title: string;
  onClose: () => void;
}

function TakeBack({ project, book, run, title, onClose }: Props) {
  const { t } = useTranslation("steer");
  const { t: shared } = useTranslation();
  const [reason, setReason] = useState("");
  const due = useQuery(takenBackBy(project, run.run));
  const take = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/api/v1/projects/{project}/pay/bonuses/reversals", {
          params: { path: { project } },
          body: { run: run.run, reason },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["project", project, "pay"] });
      onClose();
    },
  });
  const called = (who: string) => book.annotators.find((one) => one.annotator === who)?.name ?? who;
  const left = due.data?.filter((one) => Number(one.amount) > 0) ?? [];
  const total = left.reduce((sum, one) => sum + Number(one.amount), 0);
  return (
    <Dialog title={title} closable onClose={onClose}>
      {due.error ? (
        <Failed error={due.error} again={() => void due.refetch()} />
      ) : due.isPending ? (
        <Loading />
      ) : left.length === 0 ? (
        <Text>{t("pay.noneLeft")}</Text>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            take.mutate();
          }}
        >
          <Text>{t("pay.wouldTake", { amount: exact(total, book.currency) })}</Text>
          <ul>
            {left.map((one) => (
              <li key={`${one.annotator} ${one.step}`}>
                {called(one.annotator)} · {one.step}: {exact(one.amount, book.currency)}
              </li>
            ))}
          </ul>
          <Text c="dimmed">{t("pay.takenBackHint")}</Text>
          <Reason first value={reason} onChange={setReason} />
          {take.error && <Failed error={take.error} />}
          <Group mt="md" justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {shared("cancel")}
            </Button>
            <Button type="submit" loading={take.isPending} disabled={!reason.trim()}>
              {t("pay.reverse")}
            </Button>
          </Group>
        </form>
      )}
    </Dialog>
  );
}
