// Why? One key a reason, or words of one's own.
import { Kbd, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/shared/dialog";
import { type Reason, say } from "./task";
import classes from "./work.module.css";

interface Asking {
  title: string;
  after: string;
  reasons: readonly Reason[];
  onGive: (reason: string) => void;
  onClose: () => void;
}

export default function Reasons({ title, after, reasons, onGive, onClose }: Asking) {
  const { t, i18n } = useTranslation("annotate");
  const [own, setOwn] = useState("");
  const keyed = reasons.map((one, i) => ({ ...one, press: one.key || String((i + 1) % 10) }));
  const choose = useRef<(event: KeyboardEvent) => void>(undefined);
  choose.current = (event) => {
    if (event.target instanceof HTMLInputElement) {
      if (event.key === "Enter" && own.trim()) onGive(own.trim());
      return;
    }
    const found = keyed.find((one) => one.press === event.key);
    if (!found) return;
    event.preventDefault();
    onGive(found.id);
  };
  // Wherever the focus is: it comes a moment after the dialog, and somebody quick has pressed the second key by then.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => choose.current?.(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  return (
    <Dialog title={title} onClose={onClose}>
      <Stack gap={4}>
        {keyed.map((one, i) => (
          <UnstyledButton
            key={one.id}
            className={classes.reason}
            data-autofocus={i === 0 || undefined}
            onClick={() => onGive(one.id)}
          >
            <Kbd aria-hidden>{one.press}</Kbd>
            {say(one.title, i18n.language)}
          </UnstyledButton>
        ))}
        <TextInput
          mt="xs"
          label={t("reason.own")}
          maxLength={1000}
          value={own}
          onChange={(event) => setOwn(event.currentTarget.value)}
          description={after}
        />
      </Stack>
    </Dialog>
  );
}
