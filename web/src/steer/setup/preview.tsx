// The annotator's screen as it will be, with the first item; it can be tried.
import { Text, Title } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ItemView } from "@/annotate/item/item";
import type { Focus } from "@/annotate/kinds/kind";
import { type AnyKind, useKind } from "@/annotate/kinds/registry";
import type { Item } from "@/annotate/task";
import { type Brought, type Plan, questionOf, type Seen } from "./draft";
import classes from "./setup.module.css";

interface Previewed {
  plan: Plan;
  seen: Seen | null;
  brought: Brought | null;
}

export function Preview({ plan, seen, brought }: Previewed) {
  const { t } = useTranslation("steer");
  const kind = useKind(plan.kind);
  const file = brought?.as === "media" ? brought.files[0] : undefined;
  const first = seen?.first[0];
  const item: Item = {
    project: plan.name,
    body: first?.body ?? { text: t("setup.sample") },
    language: (first?.attributes as { language?: string } | undefined)?.language,
  };
  return (
    <>
      <Text size="xs" c="dimmed">
        {t("setup.preview")}
      </Text>
      <div className={classes.screen}>
        {file ? <Picture file={file} /> : !kind?.onItem && <ItemView item={item} />}
        <Title order={2}>{plan.ask || t("setup.askHere")}</Title>
        {kind && <Tried key={`${plan.kind}${plan.classes.length}`} kind={kind} plan={plan} item={item} />}
      </div>
    </>
  );
}

function Picture({ file }: { file: File }) {
  const [src, setSrc] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setSrc(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return file.type.startsWith("image/") ? (
    <img src={src} alt={file.name} className={classes.picture} />
  ) : (
    <p>{file.name}</p>
  );
}

function Tried({ kind, plan, item }: { kind: AnyKind; plan: Plan; item: Item }) {
  const question = useMemo(() => questionOf(plan), [plan]);
  const [value, setValue] = useState<unknown>(() => kind.empty(question));
  const [focus, setFocus] = useState<Focus>({ label: null, mark: null });
  const props = {
    question,
    item,
    value,
    onChange: setValue,
    focus,
    onFocus: (part: Partial<Focus>) => setFocus((now) => ({ ...now, ...part })),
  };
  const Part = kind.onItem?.Part;
  const onText = plan.kind !== "boxes";
  return (
    <>
      {Part && onText && (
        <ItemView
          item={item}
          instead={{ part: kind.onItem?.part(question) ?? { field: "text" }, node: <Part {...props} /> }}
        />
      )}
      <kind.Editor {...props} />
    </>
  );
}
