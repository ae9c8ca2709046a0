package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TRI_STATE;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.tailcfg.WireTypes.PREFIX;

import dev.weft.base.IpPrefix;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node says about itself, `docs/protocol/control.md` §5.4.
///
/// @param routableIps advertised routes, exit routes included
/// @param netInfo absent means not measured yet, not "none"
public record Hostinfo(
    String ipnVersion,
    String frontendLogId,
    String backendLogId,
    String os,
    String osVersion,
    @Nullable Boolean container,
    String env,
    String distro,
    String distroVersion,
    String distroCodeName,
    String app,
    @Nullable Boolean desktop,
    String packageType,
    String deviceModel,
    String pushDeviceToken,
    String hostname,
    boolean shieldsUp,
    boolean shareeNode,
    boolean noLogsNoSupport,
    boolean remoteConfig,
    boolean wireIngress,
    boolean ingressEnabled,
    boolean allowsUpdate,
    String machine,
    String goArch,
    String goArchVar,
    String goVersion,
    List<IpPrefix> routableIps,
    List<String> requestTags,
    List<String> wolMacs,
    List<Service> services,
    @Nullable NetInfo netInfo,
    List<String> sshHostKeys,
    String cloud,
    @Nullable Boolean userspace,
    @Nullable Boolean userspaceRouter,
    @Nullable Boolean appConnector,
    String servicesHash,
    boolean peerRelay,
    String exitNodeId,
    @Nullable Location location,
    @Nullable RawJson tpm,
    @Nullable Boolean stateEncrypted) {

  public static final JsonType<Hostinfo> JSON =
      ObjectType.<Hostinfo, Builder>of(Builder::new, Builder::build)
          .omit("IPNVersion", STRING, Hostinfo::ipnVersion, Builder::ipnVersion)
          .omit("FrontendLogID", STRING, Hostinfo::frontendLogId, Builder::frontendLogId)
          .omit("BackendLogID", STRING, Hostinfo::backendLogId, Builder::backendLogId)
          .omit("OS", STRING, Hostinfo::os, Builder::os)
          .omit("OSVersion", STRING, Hostinfo::osVersion, Builder::osVersion)
          .omit("Container", TRI_STATE, Hostinfo::container, Builder::container)
          .omit("Env", STRING, Hostinfo::env, Builder::env)
          .omit("Distro", STRING, Hostinfo::distro, Builder::distro)
          .omit("DistroVersion", STRING, Hostinfo::distroVersion, Builder::distroVersion)
          .omit("DistroCodeName", STRING, Hostinfo::distroCodeName, Builder::distroCodeName)
          .omit("App", STRING, Hostinfo::app, Builder::app)
          .omit("Desktop", TRI_STATE, Hostinfo::desktop, Builder::desktop)
          .omit("Package", STRING, Hostinfo::packageType, Builder::packageType)
          .omit("DeviceModel", STRING, Hostinfo::deviceModel, Builder::deviceModel)
          .omit("PushDeviceToken", STRING, Hostinfo::pushDeviceToken, Builder::pushDeviceToken)
          .omit("Hostname", STRING, Hostinfo::hostname, Builder::hostname)
          .omit("ShieldsUp", BOOL, Hostinfo::shieldsUp, Builder::shieldsUp)
          .omit("ShareeNode", BOOL, Hostinfo::shareeNode, Builder::shareeNode)
          .omit("NoLogsNoSupport", BOOL, Hostinfo::noLogsNoSupport, Builder::noLogsNoSupport)
          .omit("RemoteConfig", BOOL, Hostinfo::remoteConfig, Builder::remoteConfig)
          .omit("WireIngress", BOOL, Hostinfo::wireIngress, Builder::wireIngress)
          .omit("IngressEnabled", BOOL, Hostinfo::ingressEnabled, Builder::ingressEnabled)
          .omit("AllowsUpdate", BOOL, Hostinfo::allowsUpdate, Builder::allowsUpdate)
          .omit("Machine", STRING, Hostinfo::machine, Builder::machine)
          .omit("GoArch", STRING, Hostinfo::goArch, Builder::goArch)
          .omit("GoArchVar", STRING, Hostinfo::goArchVar, Builder::goArchVar)
          .omit("GoVersion", STRING, Hostinfo::goVersion, Builder::goVersion)
          .omit("RoutableIPs", listOf(PREFIX), Hostinfo::routableIps, Builder::routableIps)
          .omit("RequestTags", listOf(STRING), Hostinfo::requestTags, Builder::requestTags)
          .omit("WoLMACs", listOf(STRING), Hostinfo::wolMacs, Builder::wolMacs)
          .omit("Services", listOf(Service.JSON), Hostinfo::services, Builder::services)
          .omit("NetInfo", NetInfo.JSON, Hostinfo::netInfo, Builder::netInfo)
          .omit("sshHostKeys", listOf(STRING), Hostinfo::sshHostKeys, Builder::sshHostKeys)
          .omit("Cloud", STRING, Hostinfo::cloud, Builder::cloud)
          .omit("Userspace", TRI_STATE, Hostinfo::userspace, Builder::userspace)
          .omit("UserspaceRouter", TRI_STATE, Hostinfo::userspaceRouter, Builder::userspaceRouter)
          .omit("AppConnector", TRI_STATE, Hostinfo::appConnector, Builder::appConnector)
          .omit("ServicesHash", STRING, Hostinfo::servicesHash, Builder::servicesHash)
          .omit("PeerRelay", BOOL, Hostinfo::peerRelay, Builder::peerRelay)
          .omit("ExitNodeID", STRING, Hostinfo::exitNodeId, Builder::exitNodeId)
          .omit("Location", Location.JSON, Hostinfo::location, Builder::location)
          .omit("TPM", RawJson.JSON, Hostinfo::tpm, Builder::tpm)
          .omit("StateEncrypted", TRI_STATE, Hostinfo::stateEncrypted, Builder::stateEncrypted)
          .build();

  public Hostinfo {
    routableIps = List.copyOf(routableIps);
    requestTags = List.copyOf(requestTags);
    wolMacs = List.copyOf(wolMacs);
    services = List.copyOf(services);
    sshHostKeys = List.copyOf(sshHostKeys);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .ipnVersion(ipnVersion)
        .frontendLogId(frontendLogId)
        .backendLogId(backendLogId)
        .os(os)
        .osVersion(osVersion)
        .container(container)
        .env(env)
        .distro(distro)
        .distroVersion(distroVersion)
        .distroCodeName(distroCodeName)
        .app(app)
        .desktop(desktop)
        .packageType(packageType)
        .deviceModel(deviceModel)
        .pushDeviceToken(pushDeviceToken)
        .hostname(hostname)
        .shieldsUp(shieldsUp)
        .shareeNode(shareeNode)
        .noLogsNoSupport(noLogsNoSupport)
        .remoteConfig(remoteConfig)
        .wireIngress(wireIngress)
        .ingressEnabled(ingressEnabled)
        .allowsUpdate(allowsUpdate)
        .machine(machine)
        .goArch(goArch)
        .goArchVar(goArchVar)
        .goVersion(goVersion)
        .routableIps(routableIps)
        .requestTags(requestTags)
        .wolMacs(wolMacs)
        .services(services)
        .netInfo(netInfo)
        .sshHostKeys(sshHostKeys)
        .cloud(cloud)
        .userspace(userspace)
        .userspaceRouter(userspaceRouter)
        .appConnector(appConnector)
        .servicesHash(servicesHash)
        .peerRelay(peerRelay)
        .exitNodeId(exitNodeId)
        .location(location)
        .tpm(tpm)
        .stateEncrypted(stateEncrypted);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String ipnVersion = "";
    private String frontendLogId = "";
    private String backendLogId = "";
    private String os = "";
    private String osVersion = "";
    private @Nullable Boolean container;
    private String env = "";
    private String distro = "";
    private String distroVersion = "";
    private String distroCodeName = "";
    private String app = "";
    private @Nullable Boolean desktop;
    private String packageType = "";
    private String deviceModel = "";
    private String pushDeviceToken = "";
    private String hostname = "";
    private boolean shieldsUp;
    private boolean shareeNode;
    private boolean noLogsNoSupport;
    private boolean remoteConfig;
    private boolean wireIngress;
    private boolean ingressEnabled;
    private boolean allowsUpdate;
    private String machine = "";
    private String goArch = "";
    private String goArchVar = "";
    private String goVersion = "";
    private List<IpPrefix> routableIps = List.of();
    private List<String> requestTags = List.of();
    private List<String> wolMacs = List.of();
    private List<Service> services = List.of();
    private @Nullable NetInfo netInfo;
    private List<String> sshHostKeys = List.of();
    private String cloud = "";
    private @Nullable Boolean userspace;
    private @Nullable Boolean userspaceRouter;
    private @Nullable Boolean appConnector;
    private String servicesHash = "";
    private boolean peerRelay;
    private String exitNodeId = "";
    private @Nullable Location location;
    private @Nullable RawJson tpm;
    private @Nullable Boolean stateEncrypted;

    private Builder() {}

    public Builder ipnVersion(String ipnVersion) {
      this.ipnVersion = ipnVersion;
      return this;
    }

    public Builder frontendLogId(String frontendLogId) {
      this.frontendLogId = frontendLogId;
      return this;
    }

    public Builder backendLogId(String backendLogId) {
      this.backendLogId = backendLogId;
      return this;
    }

    public Builder os(String os) {
      this.os = os;
      return this;
    }

    public Builder osVersion(String osVersion) {
      this.osVersion = osVersion;
      return this;
    }

    public Builder container(@Nullable Boolean container) {
      this.container = container;
      return this;
    }

    public Builder env(String env) {
      this.env = env;
      return this;
    }

    public Builder distro(String distro) {
      this.distro = distro;
      return this;
    }

    public Builder distroVersion(String distroVersion) {
      this.distroVersion = distroVersion;
      return this;
    }

    public Builder distroCodeName(String distroCodeName) {
      this.distroCodeName = distroCodeName;
      return this;
    }

    public Builder app(String app) {
      this.app = app;
      return this;
    }

    public Builder desktop(@Nullable Boolean desktop) {
      this.desktop = desktop;
      return this;
    }

    public Builder packageType(String packageType) {
      this.packageType = packageType;
      return this;
    }

    public Builder deviceModel(String deviceModel) {
      this.deviceModel = deviceModel;
      return this;
    }

    public Builder pushDeviceToken(String pushDeviceToken) {
      this.pushDeviceToken = pushDeviceToken;
      return this;
    }

    public Builder hostname(String hostname) {
      this.hostname = hostname;
      return this;
    }

    public Builder shieldsUp(boolean shieldsUp) {
      this.shieldsUp = shieldsUp;
      return this;
    }

    public Builder shareeNode(boolean shareeNode) {
      this.shareeNode = shareeNode;
      return this;
    }

    public Builder noLogsNoSupport(boolean noLogsNoSupport) {
      this.noLogsNoSupport = noLogsNoSupport;
      return this;
    }

    public Builder remoteConfig(boolean remoteConfig) {
      this.remoteConfig = remoteConfig;
      return this;
    }

    public Builder wireIngress(boolean wireIngress) {
      this.wireIngress = wireIngress;
      return this;
    }

    public Builder ingressEnabled(boolean ingressEnabled) {
      this.ingressEnabled = ingressEnabled;
      return this;
    }

    public Builder allowsUpdate(boolean allowsUpdate) {
      this.allowsUpdate = allowsUpdate;
      return this;
    }

    public Builder machine(String machine) {
      this.machine = machine;
      return this;
    }

    public Builder goArch(String goArch) {
      this.goArch = goArch;
      return this;
    }

    public Builder goArchVar(String goArchVar) {
      this.goArchVar = goArchVar;
      return this;
    }

    public Builder goVersion(String goVersion) {
      this.goVersion = goVersion;
      return this;
    }

    public Builder routableIps(List<IpPrefix> routableIps) {
      this.routableIps = routableIps;
      return this;
    }

    public Builder requestTags(List<String> requestTags) {
      this.requestTags = requestTags;
      return this;
    }

    public Builder wolMacs(List<String> wolMacs) {
      this.wolMacs = wolMacs;
      return this;
    }

    public Builder services(List<Service> services) {
      this.services = services;
      return this;
    }

    public Builder netInfo(@Nullable NetInfo netInfo) {
      this.netInfo = netInfo;
      return this;
    }

    public Builder sshHostKeys(List<String> sshHostKeys) {
      this.sshHostKeys = sshHostKeys;
      return this;
    }

    public Builder cloud(String cloud) {
      this.cloud = cloud;
      return this;
    }

    public Builder userspace(@Nullable Boolean userspace) {
      this.userspace = userspace;
      return this;
    }

    public Builder userspaceRouter(@Nullable Boolean userspaceRouter) {
      this.userspaceRouter = userspaceRouter;
      return this;
    }

    public Builder appConnector(@Nullable Boolean appConnector) {
      this.appConnector = appConnector;
      return this;
    }

    public Builder servicesHash(String servicesHash) {
      this.servicesHash = servicesHash;
      return this;
    }

    public Builder peerRelay(boolean peerRelay) {
      this.peerRelay = peerRelay;
      return this;
    }

    public Builder exitNodeId(String exitNodeId) {
      this.exitNodeId = exitNodeId;
      return this;
    }

    public Builder location(@Nullable Location location) {
      this.location = location;
      return this;
    }

    public Builder tpm(@Nullable RawJson tpm) {
      this.tpm = tpm;
      return this;
    }

    public Builder stateEncrypted(@Nullable Boolean stateEncrypted) {
      this.stateEncrypted = stateEncrypted;
      return this;
    }

    public Hostinfo build() {
      return new Hostinfo(
          ipnVersion,
          frontendLogId,
          backendLogId,
          os,
          osVersion,
          container,
          env,
          distro,
          distroVersion,
          distroCodeName,
          app,
          desktop,
          packageType,
          deviceModel,
          pushDeviceToken,
          hostname,
          shieldsUp,
          shareeNode,
          noLogsNoSupport,
          remoteConfig,
          wireIngress,
          ingressEnabled,
          allowsUpdate,
          machine,
          goArch,
          goArchVar,
          goVersion,
          routableIps,
          requestTags,
          wolMacs,
          services,
          netInfo,
          sshHostKeys,
          cloud,
          userspace,
          userspaceRouter,
          appConnector,
          servicesHash,
          peerRelay,
          exitNodeId,
          location,
          tpm,
          stateEncrypted);
    }
  }
}
