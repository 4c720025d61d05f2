// The answers to choose from, one row each: what it is called, what it means, an example, its key.
import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Class, say } from "@/annotate/task";
import { classColour } from "@/shared/theme";
import classes from "./steer.module.css";

export const KEYS = "1234567890qwertyuiopasdfghjklzxcvbnm";

/** A class as it is written in a schema. */
export interface Draft {
  id: string;
  title?: Class["title"];
  description?: Class["description"];
  examples?: string[];
  counterexamples?: string[];
  key?: string;
}

export function slug(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[^\w\s.-]/g, "")
    .trim()
    .toLowerCase();
  return plain
    .replace(/\s+/g, "_")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 64);
}

/** Schemas write `spam` for `{id: spam}`. */
export function asDrafts(written: unknown): Draft[] {
  if (!Array.isArray(written)) return [];
  return written.map((one) =>
    typeof one === "object" && one !== null ? (one as Draft) : { id: String(one) },
  );
}

/** A text in the language at hand, beside those in others. */
function inLanguage<T>(was: T, value: string, language: string): T | string {
  return typeof was === "object" && was !== null ? { ...was, [language]: value } : value;
}

interface Editor {
  drafts: readonly Draft[];
  onChange: (drafts: Draft[]) => void;
  /** Ids of published classes stay: answers refer to them. */
  keepIds?: ReadonlySet<string>;
}

export function ClassEditor({ drafts, onChange, keepIds }: Editor) {
  const { t, i18n } = useTranslation("steer");
  const put = (at: number, part: Partial<Draft>) =>
    onChange(drafts.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const move = (at: number, by: number) => {
    const next = [...drafts];
    const [one] = next.splice(at, 1);
    if (one) next.splice(at + by, 0, one);
    onChange(next);
  };
  const title = (one: Draft) => say(one.title, i18n.language) || one.id;
  return (
    <fieldset className={classes.classes}>
      <legend>{t("classes.title")}</legend>
      {drafts.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a class has no name before it is written
        <div key={at} className={classes.classRow} style={{ borderInlineStartColor: classColour(at) }}>
          <TextInput
            aria-label={t("classes.name", { number: at + 1 })}
            placeholder={t("classes.namePlaceholder")}
            value={say(one.title, i18n.language) || one.id}
            onChange={({ currentTarget: { value } }) =>
              put(
                at,
                keepIds?.has(one.id)
                  ? { title: inLanguage(one.title, value, i18n.language) }
                  : { title: value, id: slug(value) || `class_${at + 1}` },
              )
            }
          />
          <TextInput
            aria-label={t("classes.description", { name: title(one) })}
            placeholder={t("classes.descriptionPlaceholder")}
            value={say(one.description, i18n.language)}
            onChange={({ currentTarget: { value } }) =>
              put(at, { description: inLanguage(one.description, value, i18n.language) })
            }
          />
          <TextInput
            aria-label={t("classes.example", { name: title(one) })}
            placeholder={t("classes.examplePlaceholder")}
            value={one.examples?.[0] ?? ""}
            onChange={({ currentTarget: { value } }) =>
              put(at, { examples: [value, ...(one.examples ?? []).slice(1)].filter(Boolean) })
            }
          />
          <TextInput
            aria-label={t("classes.key", { name: title(one) })}
            className={classes.key}
            maxLength={1}
            value={one.key ?? ""}
            placeholder={KEYS[at]}
            onChange={({ currentTarget: { value } }) => put(at, { key: value.toLowerCase() || undefined })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={at === 0}
            onClick={() => move(at, -1)}
            aria-label={t("classes.up", { name: title(one) })}
          >
            ↑
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => onChange(drafts.filter((_, i) => i !== at))}
            aria-label={t("classes.remove", { name: title(one) })}
          >
            ×
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        onClick={() => onChange([...drafts, { id: `class_${drafts.length + 1}`, title: "" }])}
      >
        {t("classes.add")}
      </Button>
    </fieldset>
  );
}
