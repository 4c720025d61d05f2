// Pay out: whom a run would pay, the run itself, and the files of the runs there were.
import { Anchor, FileInput, Group, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { count, exact, moment } from "@/shared/format";
import { handOver } from "@/shared/hand_over";
import { Refused } from "@/shared/states";
import steer from "../steer.module.css";
import { dueIn, type Pay } from "./reads";
import { Stages, useStages } from "./stages";

const FILES = { csv: "CSV", prolific: "Prolific", mturk: "MTurk" } as const;

export function Payouts({ project, book, manages }: { project: string; book: Pay; manages: boolean }) {
  const { t } = useTranslation("steer");
  const [payees, setPayees] = useState<File | null>(null);
  const take = useMutation({
    mutationFn: async ({ run, how }: { run: string; how: keyof typeof FILES }) => {
      const file = await ask(
        api.POST("/api/v1/projects/{project}/payouts/{name}/export", {
          params: { path: { project, name: run } },
          body: { as: how, payees: (await payees?.text()) ?? null },
          parseAs: "blob",
        }),
      );
      handOver(file as Blob, `${run}-${how}.csv`);
    },
  });
  return (
    <section aria-labelledby="payouts">
      <Title order={2} id="payouts" mb="xs">
        {t("pay.payouts")}
      </Title>
      {manages && <Run project={project} currency={book.currency} />}
      {book.payouts.length === 0 ? (
        <Text c="dimmed">{t("pay.noRuns")}</Text>
      ) : (
        <>
          {manages && (
            <FileInput
              label={t("pay.payees")}
              description={t("pay.payeesHint")}
              placeholder={t("pay.payeesNone")}
              accept=".csv,text/csv"
              clearable
              clearButtonProps={{ "aria-label": t("pay.payeesClear") }}
              maw={480}
              mb="sm"
              value={payees}
              onChange={setPayees}
            />
          )}
          <ul className={steer.needs}>
            {book.payouts.map((one) => (
              <li key={one.run} className={steer.need}>
                <span>
                  <b>{one.run}</b> · {moment(one.at)} ·{" "}
                  {t("pay.paidTo", {
                    amount: exact(one.total, book.currency),
                    count: one.people,
                    shown: count(one.people),
                  })}
                </span>
                {manages && (
                  <Group gap="md">
                    {(Object.keys(FILES) as (keyof typeof FILES)[]).map((how) => (
                      <Anchor
                        key={how}
                        component="button"
                        type="button"
                        onClick={() => take.mutate({ run: one.run, how })}
                        aria-label={t("pay.fileOf", { run: one.run, name: FILES[how] })}
                      >
                        {FILES[how]}
                      </Anchor>
                    ))}
                  </Group>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      <Refused error={take.error} />
    </section>
  );
}

/** Nothing is paid before it was seen whom and how much. The same id pays nobody twice. */
function Run({ project, currency }: { project: string; currency: string }) {
  const { t } = useTranslation("steer");
  const [run, setRun] = useState(new Date().toISOString().slice(0, 7));
  const stages = useStages(project, () =>
    ask(api.POST("/api/v1/projects/{project}/payouts", { params: { path: { project } }, body: { run } })),
  );
  const { shown, done: pay } = stages;
  const due = useQuery({ ...dueIn(project), enabled: shown });
  return (
    <form
      className={steer.page}
      style={{ gap: 12, marginBottom: 16 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (run.trim()) stages.go();
      }}
    >
      <TextInput
        label={t("pay.run")}
        description={t("pay.runHint")}
        required
        maxLength={100}
        maw={360}
        value={run}
        onChange={(event) => setRun(event.currentTarget.value)}
      />
      {shown && due.data && (
        <div>
          <Text>
            {due.data.length === 0 ? t("pay.nothingDue") : t("pay.would", { count: due.data.length })}
          </Text>
          <ul>
            {due.data.map((one) => (
              <li key={one.name}>
                {one.name}: {exact(one.amount, currency)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {pay.data && (
        <Text role="status">
          {t(pay.data.repeated ? "pay.again" : "pay.done", {
            run: pay.data.run,
            amount: exact(pay.data.total, currency),
            count: pay.data.people,
            shown: count(pay.data.people),
          })}
        </Text>
      )}
      <Stages
        stages={stages}
        due={due}
        words={{ look: t("pay.preview"), go: t("pay.payOut") }}
        ready={run.trim() !== ""}
      />
    </form>
  );
}
