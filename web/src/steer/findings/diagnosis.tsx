// Why somebody's answers are wrong, with a probability for each reason, and what would help.
import { Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { me, queries } from "@/api/queries";
import { count, percent } from "@/shared/format";
import steer from "../steer.module.css";
import classes from "./findings.module.css";
import { type Diagnosis, diagnosesOf } from "./reads";

const REASONS = ["fine", "slips", "fatigue", "systematic", "guideline", "bad_faith"] as const;

export function Diagnoses({ project, annotator }: { project: string; annotator: string }) {
  const { t } = useTranslation("steer");
  const { data } = useQuery(diagnosesOf(project, annotator));
  if (!data || data.length === 0) return null;
  return (
    <section aria-labelledby="diagnoses">
      <Title order={2} id="diagnoses">
        {t("diagnosis.title")}
      </Title>
      {data.map((one) => (
        <OnStep key={one.step} project={project} one={one} />
      ))}
    </section>
  );
}

function OnStep({ project, one }: { project: string; one: Diagnosis }) {
  const { t } = useTranslation("steer");
  const { data: self } = useQuery(me);
  const gap = one.remedy === "lesson" ? one.gaps[0] : undefined;
  const labels = gap ? [gap.truth, gap.said].map((label) => label.replace(/^not /, "")) : [];
  const send = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/api/v1/projects/{project}/annotators/{annotator}/lessons", {
          params: { path: { project, annotator: one.annotator } },
          body: { step: one.step, labels: [...new Set(labels)] },
        }),
      ),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["project", project, "findings"] }),
  });
  const may = self?.admin || self?.roles[project]?.includes("manager");
  return (
    <>
      <Title order={3} size="h5" mt="sm">
        {one.step} <span className={steer.quiet}>{t("people.ofAnswers", { count: one.answers })}</span>
      </Title>
      <Text>
        {t(`diagnosis.remedy.${one.remedy}`)}
        {gap &&
          ` ${t("people.mixes", { truth: gap.truth, said: gap.said, share: percent(gap.share, 0) })} ${t(
            "diagnosis.on",
            { count: Math.round(gap.answers), shown: count(gap.answers, 0) },
          )}`}
      </Text>
      <dl className={classes.reasons}>
        {REASONS.map((reason) => {
          const p = one.probabilities[reason] ?? 0;
          return (
            <Reason key={reason} name={t(`diagnosis.reason.${reason}`)} p={p} usual={reason === "fine"} />
          );
        })}
      </dl>
      {may && gap && (
        <Group gap="xs">
          <Button
            size="compact-md"
            variant="default"
            loading={send.isPending}
            disabled={send.isSuccess}
            onClick={() => send.mutate()}
          >
            {t("diagnosis.send")}
          </Button>
          {send.isSuccess && (
            <Text size="sm" role="status">
              {t("diagnosis.sent")}
            </Text>
          )}
          {send.error && <Text role="alert">{send.error.message}</Text>}
        </Group>
      )}
    </>
  );
}

function Reason({ name, p, usual }: { name: string; p: number; usual: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <div
          className={classes.bar}
          data-usual={usual || undefined}
          style={{ "--size": p } as CSSProperties}
        />
      </dd>
      <dd>{percent(p, 0)}</dd>
    </>
  );
}
