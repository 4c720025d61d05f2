import { Kbd, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "@/api/queries";
import classes from "./command_menu.module.css";
import { Dialog } from "./dialog";
import { type Key, shown, useKeysInForce } from "./keys";
import { sections } from "./roles";

interface Command {
  readonly words: string;
  readonly press?: string;
  readonly run: () => void;
}

/** Everything that can be done here, by a few letters of its name. */
export default function CommandMenu({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = useCommands().filter((one) => one.words.toLowerCase().includes(typed.toLowerCase()));
  const choose = (command: Command | undefined) => {
    onClose();
    // After the dialog has closed, which silences the screen's keys while it is open.
    if (command) setTimeout(command.run);
  };
  const steer = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") choose(found[at]);
    if (!step) return;
    event.preventDefault();
    setAt((at + step + found.length) % Math.max(found.length, 1));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen stays in sight
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <Dialog title={t("menu.title")} bare onClose={onClose} yOffset="12vh">
      <TextInput
        data-autofocus
        role="combobox"
        aria-label={t("menu.search")}
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}${at}` : undefined}
        placeholder={t("menu.search")}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={steer}
        description={found.length === 0 ? t("menu.nothing") : undefined}
      />
      <div ref={list} id={id} role="listbox" aria-label={t("menu.title")} className={classes.list}>
        {found.map((one, position) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the keys are the field's
          <div
            key={one.words}
            id={`${id}${position}`}
            role="option"
            aria-selected={position === at}
            className={classes.command}
            onClick={() => choose(one)}
          >
            <span>{one.words}</span>
            {one.press && <Kbd>{shown(one.press)}</Kbd>}
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function useCommands(): Command[] {
  const { t } = useTranslation();
  const { data } = useQuery(me);
  const navigate = useNavigate();
  const keys = useKeysInForce().filter((key) => key.press !== "mod+K");
  const places = data ? [...sections(data), "account" as const] : [];
  const own = (key: Key) => ({
    words: key.does,
    press: key.press,
    run: () => key.run(new KeyboardEvent("keydown", { key: key.press })),
  });
  return [
    ...keys.filter((key) => key.press).map(own),
    ...places.map((place) => ({ words: t(`nav.${place}`), run: () => void navigate({ to: `/${place}` }) })),
    ...keys.filter((key) => !key.press).map(own),
  ];
}
