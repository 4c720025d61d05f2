// Two stages: it is seen what would be done, to whom and how much; then it is done.
import { Button, Group } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "@/api/queries";
import { Failed } from "@/shared/states";

/** Whether it is being looked at, and what came of doing it. */
export function useStages<Done>(project: string, act: () => Promise<Done>) {
  const [shown, setShown] = useState(false);
  const done = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      setShown(false);
      await queries.invalidateQueries({ queryKey: ["project", project, "pay"] });
    },
  });
  return { shown, setShown, done, go: () => (shown ? done.mutate() : setShown(true)) };
}

interface Props {
  stages: ReturnType<typeof useStages>;
  /** What would be done, as it is read. */
  due: { data?: readonly unknown[]; isPending: boolean; error: Error | null };
  words: { look: string; go: string };
  /** Whether what is wanted for it was said. */
  ready?: boolean;
}

export function Stages({ stages: { shown, setShown, done, go }, due, words, ready = true }: Props) {
  const { t } = useTranslation("steer");
  const error = done.error ?? due.error;
  return (
    <>
      {error && <Failed error={error} />}
      <Group mt="xs">
        <Button
          variant={shown ? "filled" : "default"}
          loading={done.isPending || (shown && due.isPending)}
          disabled={!ready || (shown && due.data?.length === 0)}
          onClick={go}
        >
          {shown ? words.go : words.look}
        </Button>
        {shown && (
          <Button variant="subtle" onClick={() => setShown(false)}>
            {t("pay.notNow")}
          </Button>
        )}
      </Group>
    </>
  );
}
