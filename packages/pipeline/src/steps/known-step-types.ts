/**
 * Step types of Harness that Bridle knows by name but does not run yet: such a step loads and saves, and a run is refused
 * with its line and type. What stands in neither this list nor `step-types.ts` is reported as unknown.
 */
export const KNOWN_STEP_TYPES: readonly string[] = [
  // CI
  'RunTests', 'Test', 'Background', 'Plugin', 'GitClone', 'Action', 'Bitrise',
  'BuildAndPushDockerRegistry', 'BuildAndPushECR', 'BuildAndPushGCR', 'BuildAndPushGAR', 'BuildAndPushACR',
  'SaveCache', 'RestoreCache', 'SaveCacheS3', 'RestoreCacheS3', 'SaveCacheGCS', 'RestoreCacheGCS', 'SaveCacheHarness', 'RestoreCacheHarness',
  'S3Upload', 'GCSUpload', 'ArtifactoryUpload',
  // Flow and people
  'Barrier', 'Queue', 'Email', 'Policy', 'Container', 'HarnessApproval', 'CustomApproval',
  'JiraCreate', 'JiraUpdate', 'JiraApproval', 'ServiceNowCreate', 'ServiceNowUpdate', 'ServiceNowApproval', 'ServiceNowImportSet',
  'Verify', 'AnalyzeDeploymentImpact', 'GitOpsSync', 'GitOpsFetchLinkedApps', 'GitOpsGetAppDetails', 'GitOpsUpdateReleaseRepo', 'GitOpsRevertPR',
  'MergePR', 'UpdateReleaseRepo', 'DownloadManifests', 'ChaosStep',
  // Kubernetes and Helm
  'K8sRollingDeploy', 'K8sRollingRollback', 'K8sApply', 'K8sDelete', 'K8sScale', 'K8sCanaryDeploy', 'K8sCanaryDelete',
  'K8sBlueGreenDeploy', 'K8sBGSwapServices', 'K8sBlueGreenStageScaleDown', 'K8sPatch', 'K8sRollout', 'K8sDryRun', 'K8sTrafficRouting',
  'HelmDeploy', 'HelmRollback', 'HelmDelete', 'HelmCanaryDeploy', 'HelmCanaryDelete', 'HelmBGDeploy', 'HelmBlueGreenSwapStep',
  // Provisioning
  'TerraformPlan', 'TerraformApply', 'TerraformDestroy', 'TerraformRollback',
  'TerraformCloudRun', 'TerraformCloudRollback', 'TerragruntPlan', 'TerragruntApply', 'TerragruntDestroy', 'TerragruntRollback',
  'CreateStack', 'DeleteStack', 'RollbackStack', 'AwsCdkBootstrap', 'AwsCdkDeploy', 'AwsCdkDestroy', 'AwsCdkDiff', 'AwsCdkRollback', 'AwsCdkSynth',
  'AzureCreateARMResource', 'AzureCreateBPResource', 'AzureARMRollback', 'ShellScriptProvision', 'IACMTerraformPlugin', 'IACMApproval',
  // Deployments elsewhere
  'Command', 'FetchInstanceScript', 'CustomDeployment',
  'EcsRollingDeploy', 'EcsRollingRollback', 'EcsCanaryDeploy', 'EcsCanaryDelete', 'EcsBlueGreenCreateService', 'EcsBlueGreenSwapTargetGroups',
  'EcsBlueGreenRollback', 'EcsRunTask', 'EcsServiceSetup', 'EcsUpgradeContainer', 'EcsBasicRollback',
  'AsgRollingDeploy', 'AsgRollingRollback', 'AsgCanaryDeploy', 'AsgCanaryDelete', 'AsgBlueGreenDeploy', 'AsgBlueGreenSwapService', 'AsgBlueGreenRollback',
  'AzureSlotDeployment', 'AzureTrafficShift', 'AzureSwapSlot', 'AzureWebAppRollback', 'AzureFunctionDeploy', 'AzureFunctionRollback',
  'DeployCloudFunction', 'DeployCloudFunctionWithNoTraffic', 'CloudFunctionTrafficShift', 'CloudFunctionRollback', 'DeployCloudFunctionGenOne', 'RollbackCloudFunctionGenOne',
  'DeployAwsLambda', 'RollbackAwsLambda', 'AwsLambdaDeploy', 'AwsLambdaRollback', 'AwsSamBuild', 'AwsSamDeploy', 'AwsSamRollback', 'DownloadAwsS3',
  'ServerlessAwsLambdaDeploy', 'ServerlessAwsLambdaDeployV2', 'ServerlessAwsLambdaPackageV2', 'ServerlessAwsLambdaRollback', 'ServerlessAwsLambdaRollbackV2',
  'ElastigroupDeploy', 'ElastigroupSetup', 'ElastigroupRollback', 'ElastigroupBGStageSetup', 'ElastigroupSwapRoute',
  'TanzuCommand', 'BasicAppSetup', 'CanaryAppSetup', 'BGAppSetup', 'AppResize', 'AppRollback', 'SwapRoutes', 'SwapRollback', 'RouteMapping',
  'GoogleCloudRunDeploy', 'GoogleCloudRunJobDeploy', 'GoogleCloudRunTrafficShift', 'GoogleCloudRunRollback', 'GoogleCloudRunPrepareRollback',
  // Feature flags
  'FlagConfiguration', 'FlagChecker',
  // Security scanners
  'Security', 'AquaTrivy', 'Anchore', 'AquaSecurity', 'AWSECR', 'AWSSecurityHub', 'Bandit', 'BlackDuck', 'Brakeman', 'Burp', 'Checkmarx', 'Checkov',
  'CodeQL', 'Coverity', 'CustomIngest', 'DataTheorem', 'DockerContentTrust', 'Docker_content_trust', 'FortifyOnDemand', 'FossaScan', 'Fossa', 'GitLeaks',
  'GithubAdvancedSecurity', 'Gitleaks', 'Grype', 'HCLAppScan', 'Mend', 'Metasploit', 'Nessus', 'NexusIQ', 'Nikto', 'Nmap', 'OpenVAS', 'Osv', 'OsvScanner',
  'Owasp', 'PrismaCloud', 'Prowler', 'Qualys', 'Qwiet', 'Reapsaw', 'ScoutSuite', 'Semgrep', 'Snyk', 'Sonarqube', 'Sysdig', 'Tenable', 'Traceable', 'Veracode',
  'Wiz', 'XRay', 'Zap', 'SscaOrchestration', 'SscaEnforcement', 'SlsaVerification', 'provenance', 'SscaCompliance',
];
