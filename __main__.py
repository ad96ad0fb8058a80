"""One stack: what its file says, what follows from it, and the region that comes of it."""

import sys

import pulumi
from pulumi.runtime import get_config_env, get_config_secret_keys_env  # all keys, so that an unknown one is refused
from pulumi.runtime.settings import get_monitor

from components import deployed
from components.every_resource import prepare
from components.region import Region, RegionArgs
from components.shared import Shared, SharedByAllStacks, SharedByAllStacksArgs
from components.simulated import simulated
from stack.base import SettingsError
from stack.derive import derive
from stack.fixed import refuse_changes
from stack.load import load_engine
from stack.settings import JoinsCloud, OwnsCloud

if get_monitor() is None:
    sys.exit(
        "the Pulumi engine runs this program: `pulumi preview --stack eastus`, or without an account `make simulate`"
    )
name = pulumi.get_stack()
try:
    settings = load_engine(
        name, get_config_env(), secret_keys=get_config_secret_keys_env(), placeholders_allowed=simulated()
    )
    spec, before = derive(name, settings), deployed.values()
    refuse_changes(spec, before)
except SettingsError as refusal:
    raise pulumi.RunError(str(refusal)) from None
prepare(spec)

match settings.cloud:
    case OwnsCloud():
        shared = SharedByAllStacks("shared", SharedByAllStacksArgs(spec=spec)).outputs
        shared.export()
    case JoinsCloud(primary=primary):
        shared = Shared.of(primary, spec)

region = Region(name, RegionArgs(spec=spec, shared=shared, deployed=before))
region.outputs.export()
deployed.export(spec, region.cluster_digest)
