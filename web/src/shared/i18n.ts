// Every word on a screen comes from `<folder>/words/<language>.json`, fetched when a screen of that folder opens.
import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const catalogues = import.meta.glob<Record<string, unknown>>("/src/*/words/*.json", { import: "default" });

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, folder, done) => {
    const load = catalogues[`/src/${folder}/words/${language}.json`];
    if (!load) return done(new Error(`no ${language} words for ${folder}`), false);
    load().then(
      (words) => done(null, words as never),
      (error: Error) => done(error, false),
    );
  },
};

function preferred(): Language {
  const wanted = [localStorage.getItem("quorate.language"), ...navigator.languages];
  for (const tag of wanted) {
    const language = tag?.slice(0, 2);
    if (language && language in LANGUAGES) return language as Language;
  }
  return "en";
}

/** Start with the person's language; screens suspend until their words are there. */
export async function startWords(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      fallbackLng: "en",
      supportedLngs: Object.keys(LANGUAGES),
      ns: ["shared"],
      defaultNS: "shared",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  document.documentElement.lang = i18next.language;
  i18next.on("languageChanged", (language) => {
    localStorage.setItem("quorate.language", language);
    document.documentElement.lang = language;
  });
}
