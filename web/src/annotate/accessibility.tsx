// /work/accessibility/$project: what works with which assistive technology, and how to ask for something else.
import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Header } from "@/shared/shell";
import { Failed, Loading } from "@/shared/states";
import { guideOf } from "./guide";
import Prose from "./item/prose";
import classes from "./work.module.css";

export function Accessibility() {
  const { t } = useTranslation("annotate");
  const { project } = useParams({ strict: false }) as { project: string };
  const { data, error, refetch } = useQuery(guideOf(project));
  return (
    <article className={classes.page}>
      <Header>
        <span className={classes.project}>{project}</span>
      </Header>
      <Title order={1}>{t("accessibility.title")}</Title>
      {error ? <Failed error={error} again={() => void refetch()} /> : !data && <Loading />}
      {data && <Prose text={data.accessibility.text} />}
    </article>
  );
}
