// The frame of a project's pages: its name and its tabs.
import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { me } from "@/api/queries";
import { useKeys } from "@/shared/keys";
import { Header } from "@/shared/shell";
import { useNews } from "./news";
import classes from "./project.module.css";

const OVERSEERS = ["manager", "steward", "auditor"];
type Tab =
  | "home"
  | "items"
  | "annotators"
  | "findings"
  | "specs"
  | "access"
  | "exports"
  | "pay"
  | "alerts"
  | "log";
/** A tab, its address, and who has it; null: everybody. */
const TABS: readonly [Tab, string, readonly string[] | null][] = [
  ["home", "/projects/$project", [...OVERSEERS, "expert"]],
  ["items", "/projects/$project/items", [...OVERSEERS, "expert"]],
  ["annotators", "/projects/$project/annotators", OVERSEERS],
  ["findings", "/projects/$project/findings", OVERSEERS],
  ["specs", "/projects/$project/specs", null],
  ["access", "/projects/$project/access", OVERSEERS],
  ["exports", "/projects/$project/exports", ["manager", "auditor"]],
  ["pay", "/projects/$project/pay", ["manager", "auditor"]],
  ["alerts", "/projects/$project/alerts", OVERSEERS],
  ["log", "/projects/$project/log", OVERSEERS],
];

export function Project() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  useNews(project);
  const navigate = useNavigate();
  const { data: self } = useQuery(me);
  const { pathname } = useLocation();
  const bar = useRef<HTMLElement>(null);
  // On a phone the tab at hand may lie outside.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another page is shown
  useEffect(() => {
    const show = () => {
      const tab = bar.current?.querySelector<HTMLElement>("[aria-current=page]");
      if (tab && bar.current) bar.current.scrollLeft = tab.offsetLeft - 48;
    };
    show();
    addEventListener("resize", show);
    return () => removeEventListener("resize", show);
  }, [pathname, self]);
  const mine = self?.roles[project] ?? [];
  const tabs = TABS.filter(([, , roles]) => !roles || self?.admin || mine.some((one) => roles.includes(one)));
  useKeys(
    tabs.map(([name, to]) => ({
      press: "",
      does: `${project} · ${t(`tabs.${name}`)}`,
      run: () => void navigate({ to, params: { project } as never }),
    })),
  );
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
      <nav ref={bar} className={classes.tabs} aria-label={t("tabs.label", { project })}>
        {tabs.map(([name, to]) => (
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
