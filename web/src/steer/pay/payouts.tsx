// Pay out: whom a run would pay, the run itself, and the files of the runs there were.
import { Anchor, Button, Group, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";
import { count, exact, moment } from "@/shared/format";
import { Failed } from "@/shared/states";
import steer from "../steer.module.css";
import { dueIn, type Pay } from "./reads";

const FILES = { csv: "CSV", prolific: "Prolific", mturk: "MTurk" } as const;

export function Payouts({ project, book, manages }: { project: string; book: Pay; manages: boolean }) {
  const { t } = useTranslation("steer");
  return (
    <section aria-labelledby="payouts">
      <Title order={2} id="payouts" mb="xs">
        {t("pay.payouts")}
      </Title>
      {manages && <Run project={project} currency={book.currency} />}
      {book.payouts.length === 0 ? (
        <Text c="dimmed">{t("pay.noRuns")}</Text>
      ) : (
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
                  {Object.entries(FILES).map(([how, name]) => (
                    <Anchor
                      key={how}
                      href={`/api/v1/projects/${encodeURIComponent(project)}/payouts/${encodeURIComponent(one.run)}?as=${how}`}
                      download={`${one.run}-${how}.csv`}
                      aria-label={t("pay.fileOf", { run: one.run, name })}
                    >
                      {name}
                    </Anchor>
                  ))}
                </Group>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Nothing is paid before it was seen whom and how much. The same id pays nobody twice. */
function Run({ project, currency }: { project: string; currency: string }) {
  const { t } = useTranslation("steer");
  const [run, setRun] = useState(new Date().toISOString().slice(0, 7));
  const [shown, setShown] = useState(false);
  const due = useQuery({ ...dueIn(project), enabled: shown });
  const pay = useMutation({
    mutationFn: () =>
      ask(api.POST("/api/v1/projects/{project}/payouts", { params: { path: { project } }, body: { run } })),
    onSuccess: async () => {
      setShown(false);
      await queries.invalidateQueries({ queryKey: ["project", project, "pay"] });
    },
  });
  return (
    <form
      className={steer.page}
      style={{ gap: 12, marginBottom: 16 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (shown) pay.mutate();
        else setShown(true);
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
      {(pay.error || due.error) && <Failed error={(pay.error ?? due.error) as Error} />}
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
      <Group>
        <Button
          type="submit"
          variant={shown ? "filled" : "default"}
          loading={pay.isPending || (shown && due.isPending)}
          disabled={!run.trim() || (shown && due.data?.length === 0)}
        >
          {t(shown ? "pay.payOut" : "pay.preview")}
        </Button>
        {shown && (
          <Button variant="subtle" onClick={() => setShown(false)}>
            {t("pay.notNow")}
          </Button>
        )}
      </Group>
    </form>
  );
}
