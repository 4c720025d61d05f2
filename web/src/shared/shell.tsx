// The frame of every screen: who, where, and what keys; quiet, so that the item is loud.
import { ActionIcon, Anchor, Group, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries, me as whoAmI } from "@/api/queries";
import { useKeys } from "./keys";
import { sections } from "./roles";
import classes from "./shell.module.css";
import { Loading } from "./states";

const KeySheet = lazy(() => import("./key_sheet"));
const CommandMenu = lazy(() => import("./command_menu"));
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
      <Suspense>
        {sheet && <KeySheet onClose={closeSheet} />}
        {menu && <CommandMenu onClose={closeMenu} />}
      </Suspense>
    </div>
  );
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
