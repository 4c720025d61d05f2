// From a page about the work back to it.
import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Header } from "@/shared/shell";
import classes from "./work.module.css";

export function Back({ project }: { project?: string }) {
  const { t } = useTranslation("annotate");
  return (
    <Header>
      {project && <span className={classes.project}>{project}</span>}
      <Anchor component={Link} to="/work" className={classes.back}>
        {t("back")}
      </Anchor>
    </Header>
  );
}
