"""What a stack file may say. Every default lives here and nowhere else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, Tag

from stack.base import SettingsModel, closest

AZURE = "azure-native"


class AzureSettings(SettingsModel):
    """The ecosystem's own keys; the provider has more of them, and they are its business."""

    model_config = ConfigDict(extra="ignore")

    location: str = Field(description="Azure region of this stack: a row of catalog/regions.py.")
    subscription_id: str = Field(description="Subscription that holds everything of this stack.")


class OwnsCloud(SettingsModel):
    """This stack is the primary: it owns the Anyscale cloud and the shared data."""

    name: str = Field(description="Name of the Anyscale cloud, unique in the organization.")


class JoinsCloud(SettingsModel):
    """This stack joins the cloud of another one."""

    primary: str = Field(description="Stack that owns the cloud.")


CloudSettings = Annotated[
    Annotated[OwnsCloud, Tag("<OwnsCloud>")] | Annotated[JoinsCloud, Tag("<JoinsCloud>")],
    closest(OwnsCloud, JoinsCloud),
]


class Admin(SettingsModel):
    """Who administers the cluster."""

    type: Literal["group", "user", "servicePrincipal"] = Field(description="What kind of object the id names.")
    id: str = Field(description="Entra object id.")


class MaintenanceWindow(SettingsModel):
    """When AKS may upgrade; control plane and node images have windows of their own, apart from each other."""

    day: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] = Field(
        description="Day of the week."
    )
    start: str = Field(description='Time of day, `"02:00"`, quoted.')
    hours: int = Field(default=4, ge=4, le=24, description="Length; AKS wants four hours or more.")
    utc_offset: str = Field(default="+00:00", description='`"+02:00"`, quoted.')


class Upgrades(SettingsModel):
    """What AKS upgrades by itself, and when. The two windows may not overlap."""

    kubernetes: Literal["patch", "none"] | None = Field(
        default=None,
        description="Channel of Kubernetes upgrades; default by `sizedFor`. `stable` and `rapid` would move past "
        "`kubernetesVersion`, which the next `pulumi up` could not take back.",
    )
    node_image: Literal["NodeImage", "SecurityPatch", "None"] | None = Field(
        default=None, description="Channel of node images; default by `sizedFor`."
    )
    kubernetes_window: MaintenanceWindow = Field(
        default=MaintenanceWindow(day="Saturday", start="02:00"),
        description="When Kubernetes is upgraded, weekly.",
    )
    node_image_window: MaintenanceWindow = Field(
        default=MaintenanceWindow(day="Sunday", start="02:00"),
        description="When node images are upgraded, weekly.",
    )


class Cluster(SettingsModel):
    """The AKS cluster."""

    admins: tuple[Admin, ...] = Field(
        min_length=1,
        description="Who administers it; at least one. Nobody else gets in: local accounts are off.",
    )
    kubernetes_version: str = Field(
        default="1.36",
        description='A minor version, quoted: `"1.36"`. Patches come by the upgrade channel.',
    )
    upgrades: Upgrades = Field(default=Upgrades(), description="What AKS upgrades by itself, and when.")


class OwnNetwork(SettingsModel):
    """A virtual network that this stack makes."""

    address_space: str = Field(description="At least a /20, private; may not overlap another stack's.")
    pod_addresses: str | None = Field(
        default=None,
        description="Overlay range of the pods, outside the address space; default by `sizedFor`.",
    )
    api_server_clients: tuple[str, ...] = Field(
        min_length=1,
        description="Ranges that may reach the API server; must contain the machine that runs pulumi.",
    )


class ExistingNetwork(SettingsModel):
    """Subnets that somebody else made, with their own way out."""

    node_subnet_id: str = Field(description="ARM id of the subnet for nodes.")
    api_server_subnet_id: str = Field(description="ARM id of a subnet delegated to AKS, /28 or larger.")
    private_endpoint_subnet_id: str | None = Field(
        default=None,
        description="ARM id of the subnet for private endpoints; needed for `storage.access: private`.",
    )
    outbound: Literal["userDefinedRouting", "userAssignedNATGateway"] = Field(
        description="How the node subnet reaches the internet."
    )
    pod_addresses: str | None = Field(
        default=None,
        description="Overlay range of the pods, outside the network; default by `sizedFor`.",
    )
    api_server_clients: tuple[str, ...] = Field(
        min_length=1,
        description="Ranges that may reach the API server; must contain the machine that runs pulumi.",
    )


NetworkSettings = Annotated[
    Annotated[OwnNetwork, Tag("<OwnNetwork>")] | Annotated[ExistingNetwork, Tag("<ExistingNetwork>")],
    closest(OwnNetwork, ExistingNetwork),
]


class NodePool(SettingsModel):
    """A pool of nodes for Ray."""

    name: str = Field(description="At most 12 lower-case letters and digits, a letter first.")
    vm_size: str = Field(description="A row of catalog/vm_sizes.py. A change replaces the pool.")
    max_count: int = Field(ge=1, le=1000, description="Most nodes; AKS allows 1,000 a pool.")
    min_count: int = Field(default=0, ge=0, le=1000, description="Fewest nodes; 0 costs nothing while no job runs.")
    spot: bool = Field(default=False, description="Evictable and cheaper. A change replaces the pool.")
    zones: tuple[Literal["1", "2", "3"], ...] = Field(
        default=(), description="Availability zones. A change replaces the pool."
    )
    os_disk_gib: int | None = Field(
        default=None, ge=30, le=2048, description="Default: what fits the size. A change replaces the pool."
    )
    labels: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="Beside those that follow from the size.",
    )
    taints: tuple[str, ...] = Field(default=(), description="`key=value:Effect`, beside those that follow.")


class Lifecycle(SettingsModel):
    """When blobs of a mount are moved or deleted. Nothing is deleted unless asked."""

    cool_after_days: int | None = Field(default=None, ge=1, description="Days after the last change: to the cool tier.")
    delete_after_days: int | None = Field(default=None, ge=1, description="Days after the last change: deleted.")


class Mount(SettingsModel):
    """A container that pods can mount at the same path in every region."""

    name: str = Field(description="Name of the PersistentVolumeClaim; the defaults are in catalog/mounts.py.")
    container: str | None = Field(default=None, description="Blob container; default: the mount's name.")
    path: str | None = Field(
        default=None,
        description="Where pods see it; default by row, else `/mnt/<name>`.",
    )
    home: Literal["primary", "region"] | None = Field(
        default=None,
        description="Whose account holds it; default by row, `region` for a mount of your own.",
    )
    profile: str | None = Field(
        default=None,
        description="Mount options by purpose: a row of catalog/mounts.py.",
    )
    options: tuple[str, ...] | None = Field(
        default=None,
        description="Mount options instead of the profile's; validated against BlobFuse2.",
    )
    read_only: bool | None = Field(
        default=None,
        description="Default by row; shared homes are read-only elsewhere.",
    )
    lifecycle: Lifecycle = Field(default=Lifecycle(), description="When its blobs are moved or deleted.")


class Retention(SettingsModel):
    """How long deleted data can be brought back."""

    blob_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days, for blobs. Overwritten blobs are gone at once.",
    )
    container_days: int = Field(default=30, ge=1, le=365, description="Days, for containers.")


class Storage(SettingsModel):
    """Where data lives."""

    access: Literal["entra", "private"] = Field(
        default="entra",
        description="`entra`: public endpoint, Entra tokens only. `private`: private endpoints only, for browsers too.",
    )
    replication: (
        Literal[
            "Standard_LRS",
            "Standard_ZRS",
            "Standard_GRS",
            "Standard_GZRS",
            "Premium_ZRS",
        ]
        | None
    ) = Field(
        default=None,
        description="Default: ZRS where the region has zones, else LRS. Fixed at creation in effect.",
    )
    retention: Retention = Field(default=Retention(), description="How long deleted data can be brought back.")
    mounts: tuple[Mount, ...] = Field(default=(), description="Changes to the default mounts, and mounts of your own.")
    adopt: bool = Field(
        default=False,
        description="Take over the account that an earlier, destroyed stack left.",
    )


class InstanceType(SettingsModel):
    """An Anyscale instance type beside those that follow from the pools."""

    name: str = Field(description="By which a job asks for it, e.g. `8CPU-32GB-1xT4`.")
    cpus: int = Field(ge=1, description="Whole CPUs.")
    memory_gib: int = Field(ge=1, description="Memory in GiB.")
    gpus: int = Field(default=0, ge=0, description="Whole GPUs.")
    accelerator: str | None = Field(default=None, description="A row of catalog/gpus.py, by its Anyscale name.")


class Ingress(SettingsModel):
    """Who may reach Ray's dashboards and services."""

    clients: tuple[str, ...] = Field(
        default=(),
        description="Ranges of the users' browsers and clients. Without any, the internet: needs an accepted risk.",
    )


class Anyscale(SettingsModel):
    """The operator and the registration."""

    chart_version: str = Field(default="1.8.0", description="anyscale-operator chart; 1.7.0 or later.")
    instance_types: tuple[InstanceType, ...] = Field(
        default=(),
        description="Instance types beside those that follow from the pools.",
    )
    ingress: Ingress = Field(default=Ingress(), description="Who may reach Ray's dashboards and services.")


class AcceptedRisk(SettingsModel):
    """A secure default that this stack gives up; printed with its reason at each preview."""

    risk: str = Field(description="A row of catalog/risks.py.")
    reason: str = Field(min_length=8, description="Why, for the reader of the preview.")


class StackSettings(SettingsModel):
    """A whole stack file."""

    azure: AzureSettings = Field(alias=AZURE, description="The ecosystem's own keys.")
    cloud: CloudSettings = Field(description="`{name: ...}` owns the cloud, `{primary: ...}` joins it.")
    cluster: Cluster = Field(description="The AKS cluster: at least who administers it.")
    network: NetworkSettings = Field(description="`{addressSpace: ...}` is made, `{nodeSubnetId: ...}` exists.")
    sized_for: Literal["trial", "many-jobs", "one-giant-job"] = Field(
        default="many-jobs",
        description="What the cluster is sized for: a row of catalog/sizing.py.",
    )
    node_pools: tuple[NodePool, ...] = Field(min_length=1, description="Pools of nodes for Ray; at least one.")
    storage: Storage = Field(default=Storage(), description="Where data lives.")
    anyscale: Anyscale = Field(default=Anyscale(), description="The operator and the registration.")
    vendor_principal: Literal["adopt", "assume"] = Field(
        default="adopt",
        description="The primary's: adopt Anyscale's service principal in Entra, or assume it is there.",
    )
    lifecycle: Literal["protected", "retiring", "disposable"] = Field(
        default="protected",
        description="`protected`: nothing goes. `retiring`: may be destroyed, data stays. `disposable`: all goes.",
    )
    tags: Annotated[
        dict[str, str],
        Field(
            default_factory=dict[str, str],
            description="On everything with tags; at most 48, or 13 where `storage.access` is `private`.",
        ),
    ]
    accept_risk: tuple[AcceptedRisk, ...] = Field(
        default=(), description="Secure defaults given up, each with its reason."
    )
