// The name of a page, for tabs, bookmarks and screen readers: what it is about, what it is, whose it is.
import { useMatches } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type words from "./words/en.json";

export type Title = keyof (typeof words)["page"];

export function useDocumentTitle(): void {
  const { t } = useTranslation();
  const here = useMatches().at(-1);
  const params: Partial<Record<string, string>> = here?.params ?? {};
  const { item, annotator, name, project } = params;
  const title = here?.staticData.title;
  const parts = [item ?? annotator ?? name, title && t(`page.${title}`), project, t("app")];
  const words = parts.filter(Boolean).join(" · ");
  useEffect(() => {
    document.title = words;
  }, [words]);
}
