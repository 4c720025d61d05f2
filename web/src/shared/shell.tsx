// The frame of every screen: who, where, and what keys; quiet, so that the item is loud.
import { ActionIcon, Anchor, Group, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries, me as whoAmI } from "@/api/queries";
import { useKeys } from "./keys";
import { sections } from "./roles";
import classes from "./shell.module.css";
import { Loading } from "./states";

const KeySheet = lazy(() => import("./key_sheet"));
const menuCode = () => import("./command_menu");
const CommandMenu = lazy(menuCode);
/** So long after the first paint its code is fetched: it is there when it is wanted, and not in anything's way. */
const UNHURRIED = 2_000;
const TITLE = "shell-title";

/** Puts a screen's own words and numbers into the header. */
export function Header({ children }: { children: React.ReactNode }) {
  const place = document.getElementById(TITLE);
  return place ? createPortal(children, place) : null;
}

export function Shell() {
  const { t } = useTranslation();
  const [placed, setPlaced] = useState(false);
  const [sheet, { toggle: toggleSheet, close: closeSheet }] = useDisclosure();
  const [menu, { open: openMenu, close: closeMenu }] = useDisclosure();
  useFocusOnContent();
  useEffect(() => {
    // Without a network there is nothing to fetch, and it is fetched when it is wanted.
    const later = setTimeout(() => void menuCode().catch(() => undefined), UNHURRIED);
    return () => clearTimeout(later);
  }, []);
  useKeys([
    { press: "?", does: t("keys.open"), run: toggleSheet },
    { press: "shift+?", does: t("keys.open"), run: toggleSheet, listed: false },
    { press: "mod+K", does: t("menu.title"), run: openMenu, typing: true },
  ]);
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {t("skip")}
      </a>
      <header className={classes.header}>
        <Anchor component={Link} to="/" className={classes.brand}>
          {t("app")}
        </Anchor>
        <Sections />
        <div id={TITLE} className={classes.title} ref={() => setPlaced(true)} />
        <Group gap={4} wrap="nowrap">
          <ActionIcon variant="subtle" color="gray" onClick={toggleSheet} aria-label={t("keys.open")}>
            ?
          </ActionIcon>
          <Account />
        </Group>
      </header>
      <main id="content" className={classes.main} tabIndex={-1}>
        <Suspense fallback={<Loading />}>{placed && <Outlet />}</Suspense>
      </main>
      {/* What is typed before the menu is there is not for the screen below. */}
      <Suspense fallback={<div role="dialog" aria-modal="true" aria-label={t("menu.title")} hidden />}>
        {sheet && <KeySheet onClose={closeSheet} />}
        {menu && <CommandMenu onClose={closeMenu} />}
      </Suspense>
    </div>
  );
}

/** After a link in the header has led to another page, one is at its content, by keyboard and by screen reader. */
function useFocusOnContent(): void {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    const content = document.getElementById("content");
    const focus = document.activeElement;
    if (focus === document.body || !content?.contains(focus)) content?.focus({ preventScroll: true });
  }, [pathname]);
}

function Sections() {
  const { t } = useTranslation();
  const { data } = useQuery(whoAmI);
  const mine = data ? sections(data) : [];
  if (mine.length < 2) return null;
  return (
    <nav aria-label={t("nav.label")} className={classes.nav}>
      {mine.map((section) => (
        <Link key={section} to={`/${section}`} className={classes.link} activeProps={{ "data-active": true }}>
          {t(`nav.${section}`)}
        </Link>
      ))}
    </nav>
  );
}

function Account() {
  const { t } = useTranslation();
  const { data } = useQuery(whoAmI);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const signOut = async () => {
    await ask(api.DELETE("/api/v1/session"));
    queries.clear();
    await navigate({ to: "/sign-in", search: { to: undefined } });
  };
  const going = (to: string) => () => void navigate({ to });
  useKeys([
    ...(data?.admin
      ? [
          { press: "", does: t("page.new"), run: going("/new") },
          { press: "", does: t("page.people"), run: going("/people") },
        ]
      : []),
    ...(["auto", "light", "dark"] as const).map((one) => ({
      press: "",
      does: `${t("scheme.label")}: ${t(`scheme.${one}`)}`,
      run: () => setColorScheme(one),
    })),
    { press: "", does: t("account.signOut"), run: () => void signOut() },
  ]);
  return (
    // In the header, since all there is belongs to a landmark; Mantine's place for the first focus is a child that no
    // menu may have.
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={`${data?.name ?? ""}: ${t("account.menu")}`}>
          <Text size="sm">{data?.name}</Text>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("scheme.label")}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(one) => setColorScheme(one as typeof colorScheme)}>
          {(["auto", "light", "dark"] as const).map((one) => (
            <Menu.RadioItem key={one} value={one}>
              {t(`scheme.${one}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item component={Link} to="/account">
          {t("account.settings")}
        </Menu.Item>
        <Menu.Item onClick={signOut}>{t("account.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
