// Going back to an earlier version: what it would do, why, and then it is done.
import { Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { Dialog } from "@/shared/dialog";
import { Failed, Loading, Refused } from "@/shared/states";
import { Effect } from "./effect";
import { Publish } from "./publish";
import type { Spec } from "./queries";

interface Props {
  project: string;
  to: Spec;
  onCancel: () => void;
  onDone: () => Promise<void>;
}

export function GoBack({ project, to, onCancel, onDone }: Props) {
  const { t } = useTranslation("steer");
  const path = { project, kind: to.kind, name: to.name };
  const { data, error } = useQuery({
    queryKey: ["specs", project, to.kind, to.name, "back", to.version],
    gcTime: 0,
    queryFn: () =>
      ask(
        api.POST("/api/v1/projects/{project}/specs/{kind}/{name}/preview", {
          params: { path },
          body: { version: to.version },
        }),
      ),
  });
  const go = useMutation({
    mutationFn: (reason: string) =>
      ask(
        api.POST("/api/v1/projects/{project}/specs/{kind}/{name}/revert", {
          params: { path, query: { version: to.version, reason } },
        }),
      ),
    onSuccess: onDone,
  });
  return (
    <Dialog title={t("specs.revertTitle", { version: to.version })} closable size="xl" onClose={onCancel}>
      <Stack>
        {error ? <Failed error={error} /> : data ? <Effect found={data} /> : <Loading />}
        <Refused error={go.error} />
        <Publish
          ready={Boolean(data?.publishable)}
          busy={go.isPending}
          onPublish={go.mutate}
          onCancel={onCancel}
        />
      </Stack>
    </Dialog>
  );
}
