import { Kbd, Modal, NavLink, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "@/api/queries";
import { useKeysInForce } from "./keys";
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
  return (
    <Modal opened onClose={onClose} withCloseButton={false} aria-label={t("menu.title")} yOffset="12vh">
      <TextInput
        data-autofocus
        aria-label={t("menu.search")}
        placeholder={t("menu.search")}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={steer}
        description={found.length === 0 ? t("menu.nothing") : undefined}
      />
      {found.map((one, position) => (
        <NavLink
          key={one.words}
          component="button"
          label={one.words}
          active={position === at}
          rightSection={one.press && <Kbd>{one.press.replace("mod", "Ctrl/⌘")}</Kbd>}
          onClick={() => choose(one)}
        />
      ))}
    </Modal>
  );
}

function useCommands(): Command[] {
  const { t } = useTranslation();
  const { data } = useQuery(me);
  const navigate = useNavigate();
  const keys = useKeysInForce().filter((key) => key.press !== "mod+K");
  const places = data ? [...sections(data), "account" as const] : [];
  return [
    ...keys.map((key) => ({
      words: key.does,
      press: key.press,
      run: () => key.run(new KeyboardEvent("keydown", { key: key.press })),
    })),
    ...places.map((place) => ({ words: t(`nav.${place}`), run: () => void navigate({ to: `/${place}` }) })),
  ];
}
