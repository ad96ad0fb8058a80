"""From settings to spec: everything that can be decided without a cloud."""

from __future__ import annotations

from catalog.regions import REGIONS
from catalog.sizing import SIZINGS
from stack.addresses import addresses
from stack.instance_types import instance_types
from stack.mounts import mounts
from stack.names import names
from stack.pools import pool_spec, system_pool_spec
from stack.settings import StackSettings
from stack.spec import StackSpec
from stack.warnings import warnings


def derive(stack: str, settings: StackSettings) -> StackSpec:
    """Return what follows from the settings of `stack`, which come from `stack.load` and so were checked."""
    region, sizing = REGIONS[settings.azure.location], SIZINGS[settings.sized_for]
    upgrades = settings.cluster.upgrades
    pools = tuple(pool_spec(pool, sizing) for pool in settings.node_pools)
    all_mounts = mounts(settings)
    return StackSpec(
        stack=stack,
        settings=settings,
        region=region,
        sizing=sizing,
        names=names(stack, settings),
        addresses=addresses(settings, sizing),
        system_pool=system_pool_spec(sizing, region),
        pools=pools,
        mounts=all_mounts,
        instance_types=instance_types(pools, settings.anyscale.instance_types, all_mounts, sizing),
        replication=settings.storage.replication or ("Standard_ZRS" if region.zones else "Standard_LRS"),
        upgrade_channel=upgrades.kubernetes or sizing.upgrade_channel,
        node_image_channel=upgrades.node_image or sizing.node_image_channel,
        tags=dict(sorted({**settings.tags, "stack": stack, "managed-by": "pulumi"}.items())),
        warnings=warnings(stack, settings, all_mounts, pools),
    )
