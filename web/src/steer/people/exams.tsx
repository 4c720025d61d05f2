// The exams that somebody sat: how they stand, and a further try, which a manager may grant.
import { Button, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { say, type Words } from "@/annotate/task";
import { api, ask } from "@/api/client";
import { me, queries } from "@/api/queries";
import { moment } from "@/shared/format";
import classes from "../steer.module.css";
import { Because } from "./because";
import { type AnnotatorPage, annotatorOf } from "./reads";

type Exam = AnnotatorPage["exams"][number];

export function Exams({ one, project }: { one: AnnotatorPage; project: string }) {
  const { t } = useTranslation("steer");
  const sat = one.exams.filter((exam) => exam.state !== "new");
  if (sat.length === 0) return null;
  return (
    <section aria-labelledby="exams">
      <Title order={2} id="exams">
        {t("exams.title")}
      </Title>
      {sat.map((exam) => (
        <Row key={exam.name} exam={exam} project={project} annotator={one.annotator} />
      ))}
    </section>
  );
}

function Row({ exam, project, annotator }: { exam: Exam; project: string; annotator: string }) {
  const { t, i18n } = useTranslation("steer");
  const { data: self } = useQuery(me);
  const [asking, setAsking] = useState(false);
  const grant = useMutation({
    mutationFn: (reason: string) =>
      ask(
        api.POST("/api/v1/projects/{project}/annotators/{annotator}/retakes", {
          params: { path: { project, annotator } },
          body: { exam: exam.name, reason },
        }),
      ),
    onSuccess: () => {
      setAsking(false);
      void queries.invalidateQueries({ queryKey: annotatorOf(project, annotator).queryKey });
    },
  });
  const manages = self?.admin || self?.roles[project]?.includes("manager");
  const name = say(exam.title as Words, i18n.language) || exam.name;
  return (
    <div className={classes.leadRow}>
      <Text>
        <b>{name}</b>{" "}
        <span className={classes.quiet}>
          {t(`exams.state.${exam.state}`)}
          {exam.state !== "passed" && exam.state !== "open" && ` · ${t("exams.left", { count: exam.left })}`}
          {exam.left > 0 && exam.not_before && ` · ${t("exams.from", { moment: moment(exam.not_before) })}`}
        </span>
      </Text>
      {manages && !exam.may_start && !asking && (
        <div>
          <Button size="compact-md" variant="default" onClick={() => setAsking(true)}>
            {t("exams.grant", { name })}
          </Button>
        </div>
      )}
      {asking && (
        <Because
          label={t("exams.why", { name })}
          action={t("exams.grantNow")}
          pending={grant.isPending}
          onSend={(reason) => grant.mutate(reason)}
          onCancel={() => setAsking(false)}
        />
      )}
      {grant.error && <p role="alert">{grant.error.message}</p>}
    </div>
  );
}
