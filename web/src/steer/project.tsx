// The frame of a project's pages: its name and its tabs.
import { Anchor, Text } from "@mantine/core";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Header } from "@/shared/shell";
import { useNews } from "./news";
import classes from "./project.module.css";

const TABS = [
  ["home", "/projects/$project"],
  ["items", "/projects/$project/items"],
  ["annotators", "/projects/$project/annotators"],
  ["specs", "/projects/$project/specs"],
  ["access", "/projects/$project/access"],
  ["exports", "/projects/$project/exports"],
  ["log", "/projects/$project/log"],
] as const;

export function Project() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  useNews(project);
  return (
    <>
      <Header>
        <Text truncate>
          <Anchor component={Link} to="/projects" c="dimmed" underline="always">
            {t("projects.title")}
          </Anchor>
          {" · "}
          {project}
        </Text>
      </Header>
      <nav className={classes.tabs} aria-label={t("tabs.label", { project })}>
        {TABS.map(([name, to]) => (
          <Link
            key={name}
            to={to}
            params={{ project }}
            className={classes.tab}
            activeOptions={{ exact: name === "home" }}
            activeProps={{ "data-active": true, "aria-current": "page" }}
          >
            {t(`tabs.${name}`)}
          </Link>
        ))}
      </nav>
      <div className={classes.page}>
        <Outlet />
      </div>
    </>
  );
}
