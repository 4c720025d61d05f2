// Say something to somebody in a few sentences, and send it.
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

interface Saying {
  label: string;
  description: string;
  /** How many characters it may have. */
  most: number;
  onSend: (words: string) => Promise<unknown>;
  onDone: () => void;
  onCancel: () => void;
  /** What it is about. */
  children?: ReactNode;
}

export function Saying({ label, description, most, onSend, onDone, onCancel, children }: Saying) {
  const { t } = useTranslation("annotate");
  const [words, setWords] = useState("");
  const send = useMutation({ mutationFn: () => onSend(words.trim()), onSuccess: onDone });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (words.trim()) send.mutate();
      }}
    >
      <Stack>
        {children}
        <Textarea
          data-autofocus
          label={label}
          description={description}
          autosize
          minRows={3}
          maxLength={most}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
          error={send.error?.message}
        />
        <Group>
          <Button type="submit" loading={send.isPending} disabled={!words.trim()}>
            {t("send")}
          </Button>
          <Button variant="subtle" color="gray" onClick={onCancel}>
            {t("cancel", { ns: "shared" })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
